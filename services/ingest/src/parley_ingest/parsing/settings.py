"""What reading a document may cost, as settings."""

from __future__ import annotations

from pydantic import Field

from parley_common.settings import Settings
from parley_ingest.parsing.limits import Limits


class ParsingSettings(Settings):
    """Bytes, seconds and counts; the languages of OCR are named as tesseract does, joined by `+`."""

    document_memory: int = Field(2**30, alias="PARLEY_DOCUMENT_MEMORY", ge=2**28)
    document_cpu: int = Field(120, alias="PARLEY_DOCUMENT_CPU", ge=1)
    document_wall: float = Field(300.0, alias="PARLEY_DOCUMENT_WALL", gt=0)
    document_nice: int = Field(19, alias="PARLEY_DOCUMENT_NICE", ge=0, le=19)
    document_unpacked: int = Field(512 * 2**20, alias="PARLEY_DOCUMENT_UNPACKED", ge=2**20)
    document_pages: int = Field(5_000, alias="PARLEY_DOCUMENT_PAGES", ge=1)
    document_characters: int = Field(10_000_000, alias="PARLEY_DOCUMENT_CHARACTERS", ge=1)
    document_nesting: int = Field(1_000, alias="PARLEY_DOCUMENT_NESTING", ge=10)
    document_attachments: int = Field(100, alias="PARLEY_DOCUMENT_ATTACHMENTS", ge=0)
    document_ocr_pages: int = Field(100, alias="PARLEY_DOCUMENT_OCR_PAGES", ge=0)
    document_ocr_languages: str = Field(
        "eng", alias="PARLEY_DOCUMENT_OCR_LANGUAGES", pattern=r"^[A-Za-z_]+(\+[A-Za-z_]+)*$"
    )

    @property
    def limits(self) -> Limits:
        """The same for the process that reads."""
        return Limits(
            memory=self.document_memory,
            cpu=self.document_cpu,
            unpacked=self.document_unpacked,
            pages=self.document_pages,
            characters=self.document_characters,
            nesting=self.document_nesting,
            attachments=self.document_attachments,
            ocr_pages=self.document_ocr_pages,
            ocr_languages=self.document_ocr_languages,
        )
