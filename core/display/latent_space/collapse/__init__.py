"""Neural collapse of the study's models, by target sparsity and against robustness."""
