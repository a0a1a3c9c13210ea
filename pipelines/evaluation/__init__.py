"""Measuring the pipelines on stored cases: what the benchmarks and `peerloom evaluate` share.

`folders` reads cases, `answers` and `context` put them to the same code that production runs, `measures` turns outcomes
into figures, `comparing` says how sure a difference is. May not print, read a clock or a setting, nor choose a model:
embedders and models are passed in.
"""
