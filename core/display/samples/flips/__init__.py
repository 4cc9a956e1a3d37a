"""Why answers change: what logit gaps of flipped samples lose, on average."""
