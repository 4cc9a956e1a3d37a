"""The robustness page: what foretells it, where it breaks, who agrees, whom to trust."""
