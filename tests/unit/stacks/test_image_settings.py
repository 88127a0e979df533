"""The image in a region's settings: a tag always, a digest once it is known."""

import pytest
from pydantic import ValidationError

from stacks.sections import Image

DIGEST = "sha256:" + "0f" * 32


def test_without_a_digest_the_tag_alone_names_the_image() -> None:
    assert Image.model_validate({"tag": "0.1.0"}).names == {"tag": "0.1.0"}


def test_a_digest_goes_beside_the_tag() -> None:
    assert Image.model_validate({"tag": "0.1.0", "digest": DIGEST}).names == {"tag": "0.1.0", "digest": DIGEST}


@pytest.mark.parametrize("digest", ["", "sha256:abc", DIGEST.upper(), "0f" * 32, 1])
def test_half_a_digest_is_none(digest: object) -> None:
    with pytest.raises(ValidationError, match="digest"):
        Image.model_validate({"tag": "0.1.0", "digest": digest})
