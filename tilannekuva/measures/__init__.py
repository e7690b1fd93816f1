"""Pure measures, one module for each question a reader asks.

Comparison (`comparison`), change (`change`), distance to a target (`target`) and certainty
(`certainty`); then structure, inequality, resilience, decomposition, composite, nature and
projection. Kernels take arrays whose last axis is time; nothing here reads, writes or knows a
language. Modules that start with an underscore are parts of the one that names them.
"""
