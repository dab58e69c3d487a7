"""Personal data planted into free text: what must be found, and the token that must be gone.

Each case is a text and the tokens in it that may appear in no file downstream. Nobody real: the
numbers are out of use or made up, the names are combinations of common ones.
"""

NAMES = ("Zöhrə Planetova", "Tokenov")
PLANTED: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "phone": (
        ("Zəng edin: 0509876501", ("0509876501",)),
        ("Call me: +994 (50) 987-65-02.", ("987-65-02", "994 (50)")),
        ("Звоните 8 050 987 65 03 вечером", ("987 65 03",)),
        ("nömrəm 0 5 0 9 8 7 6 5 0 4", ("9 8 7 6 5 0 4",)),
        ("tel:\u00a0050\u00a0987\u00a065\u00a005", ("987\u00a065\u00a005", "987 65 05")),
        ("０５０９８７６５０６ yazın", ("０５０９８７６５０６", "0509876506")),
        ("٠٥٠٩٨٧٦٥٠٧", ("٠٥٠٩٨٧٦٥٠٧", "0509876507")),
        ("050\u200b987\u200b65\u200b08", ("987\u200b65", "0509876508")),
        ("mob 050/987/65/09,sonra", ("987/65/09",)),
        ("(050)\n987.65.10", ("987.65.10",)),
        ("ev telefonu: 5-23-47", ("5-23-47",)),
        ("050,987,65,11 zəng edin", ("987,65,11",)),
        ("050:987:65:12", ("987:65:12",)),
        ("050·987·65·13", ("987·65·13",)),
        ("+994:50:987:65:14", ("987:65:14",)),
    ),
    "email": (
        ("Mənə planted01@example.az yazın.", ("planted01",)),
        ("planted02 @ example . com", ("planted02",)),
        ("planted.03 [at] example [dot] org", ("planted.03", "example")),
        ("рlаntеd04@mаil.ru", ("рlаntеd04", "mаil")),
        ("write to planted05 at example dot com please", ("planted05",)),
        ("пишите: planted06 собака mail точка ru", ("planted06",)),
    ),
    "id": (
        ("FİN kodum 5ZK1A2B-dir", ("5ZK1A2B",)),
        ("my FIN is 7plnt3d", ("7plnt3d",)),
        ("ФИН 6АВ2С3Е", ("6АВ2С3Е", "6AB2C3E")),
        ("FIN: 4 X Y 9 Z 8 W", ("4 X Y 9 Z 8 W",)),
        ("şəxsiyyət vəsiqəsi AZE 19876543", ("19876543",)),
        ("FIN 5-P-L-A-1-2-3", ("P-L-A",)),
        ("FİN: 5PL.T12 3", ("5PL.T12",)),
        ("99-PL-123 nömrəli maşın", ("99-PL-123",)),
        ("10 PL 345 maşını", ("10 PL 345",)),
        ("90-pl-111", ("90-pl-111",)),
        ("AZ21NABZ00000000137010001944", ("NABZ", "1370")),
        ("hesab AZ21 NABZ 0000 0000 1370 1000 1945", ("NABZ", "1370")),
    ),
    "card": (
        ("kartım 4111 1111 1111 1111", ("1111 1111",)),
        ("карта 5500-0000-0000-0004", ("5500-0000",)),
        ("card 4000000000000002", ("4000000000000002",)),
    ),
    "coordinates": (
        ("Evim 41.36119, 48.51258 nöqtəsindədir", ("41.36119", "48.51258")),
        ("41°21'47\"N 48°30'48\"E", ("21'47", "30'48")),
        ("широта 41,3612 долгота 48,5126", ("41,3612", "48,5126")),
        ("N 41.36127 E 48.51267", ("41.36127", "48.51267")),
        ("41.36, 48.51 nöqtəsində", ("41.36", "48.51")),
        ("41,36 48,51", ("41,36", "48,51")),
        ("41.36N 48.51E", ("41.36", "48.51")),
    ),
    "link": (
        ("https://example.org/planted.profile11", ("planted.profile11",)),
        ("facebook.com/planted.profile12 səhifəm", ("planted.profile12",)),
        ("t . me / plantedprofile13", ("plantedprofile13",)),
        ("instagram: @planted_profile14", ("planted_profile14",)),
        ("instagram planted_profile15", ("planted_profile15",)),
        ("facebook-da Planted.Profile.16 yazıb", ("Planted.Profile.16",)),
        ("İnstaqramda planted17", ("planted17",)),
        ("WhatsApp: plantedprofile", ("plantedprofile",)),
    ),
    "name": (
        ("Plantıyev Tapdıq Məmməd oğlu kömək etdi", ("Plantıyev", "Tapdıq")),
        ("PLANTIYEVA   ÜLKƏR\u00a0MƏMMƏD  QIZI", ("PLANTIYEVA", "ÜLKƏR")),
        ("plantiyev tapdiq memmed oglu", ("plantiyev", "tapdiq")),
        ("Плантиев Тапдыг Мамед оглы", ("Плантиев", "Тапдыг")),
        ("Это сказал Плантов Игнат Сидорович вчера", ("Плантов", "Игнат", "Сидорович")),
        ("Tapdıq müəllimdən soruşun", ("Tapdıq",)),
        ("Ülkər xanıma təşəkkür", ("Ülkər",)),
        ("tapdıq bəy gəlməyib", ("tapdıq",)),
        ("Спросите Тапдыг муаллима", ("Тапдыг",)),
        ("Mr. Plantiyev promised", ("Plantiyev",)),
        ("господин Плантиев обещал", ("Плантиев",)),
        ("Zohre  Planetovanin evi", ("Zohre", "Planetova")),
        ("TOKENOVA deyin", ("TOKENOV",)),
        ("Plantıyev Tapdıq Məmməd o. gəldi", ("Plantıyev", "Tapdıq")),
        ("Plantıyeva Ülkər q. yazdı", ("Plantıyeva", "Ülkər")),
        ("A. Q. Plantıyev sədr", ("Plantıyev",)),
        ("Plantıyev A.Q. imzaladı", ("Plantıyev",)),
        ("T. Plantıyevə verin", ("Plantıyev",)),
        ("Plantiyev Tapdig Sidorovich came", ("Plantiyev", "Tapdig", "Sidorovich")),
        ("Tapdiq Hasan-oglu said", ("Tapdiq", "Hasan")),
        ("Tapdıq kişi dedi", ("Tapdıq",)),
        ("Tapdıq dayıdan soruşun", ("Tapdıq",)),
        ("Ülkər xalaya deyin", ("Ülkər",)),
        ("Ülkər bibi bilir", ("Ülkər",)),
        ("Tapdıq baba deyir", ("Tapdıq",)),
        ("Ülkər nənənin evi", ("Ülkər",)),
        ("Токеnоv bilir", ("Токеnоv",)),
        (
            "T\u0061pd\u0131q mu\u0308\u0259llim",  # decomposed
            ("Tapdıq",),
        ),
    ),
}


def planted_texts() -> list[str]:
    """All texts with something planted, in the order of the kinds."""
    return [text for cases in PLANTED.values() for text, _ in cases]


def planted_tokens() -> list[str]:
    """Everything that may stand in no file downstream."""
    return [token for cases in PLANTED.values() for _, tokens in cases for token in tokens]
