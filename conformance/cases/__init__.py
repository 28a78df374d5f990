"""Inputs for each loss: typical ones, degenerate ones with their right answers, and bad ones with their errors."""
