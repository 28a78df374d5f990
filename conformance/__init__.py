"""What judges the losses: cases, exact references, and runners for each framework."""
