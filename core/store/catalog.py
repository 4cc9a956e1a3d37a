"""Which studies lie in a folder."""

from core.store.connection import StudyFile, list_studies, studies_folder

__all__ = ["StudyFile", "list_studies", "studies_folder"]
