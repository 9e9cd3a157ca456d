"""Hostile text for every door: targets, inputs, and searches that run for minutes or hours."""
