"""How a loss is run in each framework and mode."""
