"""Make readable keys of names in any alphabet that is known here: `Şəki rayonu` -> `seki-rayonu`.

Unlike `spelling.folded`, which makes different spellings equal, this keeps the letters of a name:
Washington becomes `washington`.
"""

import re
import unicodedata

# Letters that Unicode does not take apart, and their usual Latin form.
_PAIRS = (
    "ə=e ı=i ø=o ł=l đ=d ß=ss æ=ae œ=oe "
    # Russian, Ukrainian, and the letters that Azerbaijani had in Cyrillic.
    "а=a б=b в=v г=g д=d е=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f "
    "х=kh ц=ts ч=ch ш=sh щ=shch ъ= ы=y ь= э=e ю=yu я=ya ё=yo і=i ї=yi є=ye ґ=g "
    "ә=e ғ=g ҝ=g ө=o ү=u һ=h ҹ=j ј=y қ=q ң=n "
    # Georgian.
    "ა=a ბ=b გ=g დ=d ე=e ვ=v ზ=z თ=t ი=i კ=k ლ=l მ=m ნ=n ო=o პ=p ჟ=zh რ=r ს=s ტ=t უ=u ფ=p "
    "ქ=k ღ=gh ყ=q შ=sh ჩ=ch ც=ts ძ=dz წ=ts ჭ=ch ხ=kh ჯ=j ჰ=h"
)
_LETTERS = dict(pair.split("=") for pair in _PAIRS.split())
_APOSTROPHES = re.compile(r"['’ʼ`´‘]")
_NO_SLUG = re.compile(r"[^a-z0-9]+")


def slug(text: str) -> str:
    """Return the text in small Latin letters, digits and hyphens; "" if no letter is known."""
    small = unicodedata.normalize("NFKC", text).casefold()
    latin = "".join(_LETTERS.get(letter, letter) for letter in unicodedata.normalize("NFC", small))
    bare = "".join(c for c in unicodedata.normalize("NFD", latin) if not unicodedata.combining(c))
    return _NO_SLUG.sub("-", _APOSTROPHES.sub("", bare)).strip("-")
