"""One script a stage; `python -m pipelines.run STUDY.toml` does them all."""
