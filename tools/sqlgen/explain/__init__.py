"""Reasons of a query: why it has its types, its nullability, its parameters and its number of rows.

The reasons are computed after the analysis, from its results: the typed expressions, the scopes and their facts. The
analysis decides, and an explanation only finds the path of the proof.
"""
