"""Writes the JSON Schemas of all manifests: `python -m services.manifests`."""

from services.manifests.schema import DIRECTORY, documents


def main() -> None:
    """Writes one file per kind and version."""
    DIRECTORY.mkdir(exist_ok=True)
    for name, text in documents().items():
        (DIRECTORY / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
