"""Documents as they are commonly made searchable: one text of each file or page, a LangChain splitter, Chroma.

The embedder is Parley's own, so that what is compared is everything but the model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from chromadb.config import Settings
from docx import Document as WordDocument
from docx.oxml.ns import qn
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from lxml import html
from pypdf import PdfReader

from parley_common.embedding.embedder import Embedder

# As many as Parley's; a little overlap, as is customary where passages know nothing of each other.
TOKENS, OVERLAP = 200, 20


class Pipeline:
    """Call it from a thread without an event loop: these libraries wait for what they ask for."""

    def __init__(self, embedder: Embedder, folder: Path, name: str) -> None:
        self._splitter = RecursiveCharacterTextSplitter(
            chunk_size=TOKENS, chunk_overlap=OVERLAP, length_function=embedder.count
        )
        self._store = Chroma(
            collection_name=f"manuals-{name}",
            embedding_function=_Embeddings(embedder),
            persist_directory=str(folder),
            client_settings=Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=str(folder)),
            collection_configuration={"hnsw": {"space": "cosine"}},
        )

    def ingest(self, paths: Sequence[Path]) -> None:
        for path in paths:
            texts = [Document(text, metadata={"file": path.stem}) for text in _READERS[path.suffix](path)]
            self._store.add_documents(self._splitter.split_documents(texts))

    def search(self, question: str, limit: int) -> list[tuple[str, str]]:
        """The name of the file and the text of each passage, best first."""
        found = self._store.similarity_search(question, k=limit)
        return [(each.metadata["file"], each.page_content) for each in found]


class _Embeddings(Embeddings):
    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return asyncio.run(self._embedder.embed(texts))

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def _of_pdf(path: Path) -> Iterator[str]:
    return (page.extract_text() for page in PdfReader(path).pages)


def _of_word(path: Path) -> Iterator[str]:
    """All paragraphs, those in tables as well."""
    paragraphs = WordDocument(str(path)).element.body.iter(qn("w:p"))
    yield "\n\n".join("".join(text.text or "" for text in each.iter(qn("w:t"))) for each in paragraphs)


def _of_page(path: Path) -> Iterator[str]:
    root: Any = html.document_fromstring(path.read_bytes())
    yield root.text_content()


_READERS: dict[str, Callable[[Path], Iterator[str]]] = {".pdf": _of_pdf, ".docx": _of_word, ".html": _of_page}
