"""The challenge editor."""
