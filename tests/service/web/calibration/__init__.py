"""Calibration over HTTP."""
