"""How far each axis's mean moves between two combinations."""
