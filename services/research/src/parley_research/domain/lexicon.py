"""The English this engine knows: small closed lists, and nothing is understood that is not here or in the table."""

# Lists of words are read as text.
# ruff: noqa: SIM905, E501
from __future__ import annotations


def _groups(*lines: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(line.split()) for line in lines)


# Words that name the same thing, as stems.
SYNONYMS = _groups(
    "mass weight",
    "sex gender",
    "country nation",
    "carrier airline",
    "destination dest",
    "elevation altitude",
    "quantity unit",
    "salary wage pay",
    "beak bill",
    "vehicle car",
    "film movie",
    "town city",
    "employee staff worker",
    "client customer",
    "company firm",
    "manufacturer maker brand",
    "symbol ticker",
    "postcode zip zipcode",
    "item product",
    "region area",
    "smoker smoking smoke smoked",
    "population pop person inhabitant",
    "meal time",
    "survived survival survivor survive surviving",
    "cancelled canceled cancellation",
    "churn churned",
    "profession occupation job",
    "physician doctor",
)

# What a word of a column's name may be short for, beyond being its beginning.
SHORT_FOR = {
    "qty": "quantity",
    "amt": "amount",
    "num": "number",
    "nr": "number",
    "avg": "average",
    "yr": "year",
    "hr": "hour",
    "wt": "weight",
    "ht": "height",
    "hp": "horsepower",
    "mpg": "mileage",
    "pct": "percent",
    "lng": "longitude",
    "lon": "longitude",
    "dept": "department",
    "mfr": "manufacturer",
    "ctry": "country",
    "sqft": "area",
    "gdp": "gdp",
    "percap": "per capita",
    "pclass": "class",
    "addr": "address",
    "tmp": "temperature",
    "accel": "acceleration",
    "tzone": "timezone",
    "alt": "altitude",
    "lat": "latitude",
    "temp": "temperature",
    "precip": "precipitation",
    "humid": "humidity",
    "visib": "visibility",
    "tz": "timezone",
}

UNITS = {
    **dict.fromkeys(("mm", "millimeter", "millimetre"), "mm"),
    **dict.fromkeys(("cm", "centimeter", "centimetre"), "cm"),
    **dict.fromkeys(("m", "meter", "metre"), "m"),
    **dict.fromkeys(("km", "kilometer", "kilometre"), "km"),
    **dict.fromkeys(("in", "inch"), "in"),
    **dict.fromkeys(("ft", "foot", "feet"), "ft"),
    **dict.fromkeys(("mi", "mile"), "mi"),
    **dict.fromkeys(("mg", "milligram"), "mg"),
    **dict.fromkeys(("g", "gram", "gramme"), "g"),
    **dict.fromkeys(("kg", "kilo", "kilogram"), "kg"),
    **dict.fromkeys(("lb", "lbs", "pound"), "lb"),
    **dict.fromkeys(("s", "sec", "second"), "s"),
    **dict.fromkeys(("min", "mins", "minute"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour"), "h"),
    **dict.fromkeys(("usd", "dollar", "$"), "$"),
    **dict.fromkeys(("eur", "euro", "€"), "€"),
    **dict.fromkeys(("gbp", "£"), "£"),
    **dict.fromkeys(("pct", "percent", "%"), "%"),
    **dict.fromkeys(("year", "yr"), "years"),
    **dict.fromkeys(("day",), "days"),
    **dict.fromkeys(("mph",), "mph"),
    **dict.fromkeys(("degree", "°"), "°"),
    **dict.fromkeys(("kmh", "kph"), "km/h"),
}

# Worth of a unit in the base unit of its kind.
WORTH = {
    "mm": ("length", 0.001),
    "cm": ("length", 0.01),
    "m": ("length", 1.0),
    "km": ("length", 1000.0),
    "in": ("length", 0.0254),
    "ft": ("length", 0.3048),
    "mi": ("length", 1609.344),
    "mg": ("mass", 0.001),
    "g": ("mass", 1.0),
    "kg": ("mass", 1000.0),
    "lb": ("mass", 453.59237),
    "s": ("duration", 1.0),
    "min": ("duration", 60.0),
    "h": ("duration", 3600.0),
    "days": ("duration", 86400.0),
}

# Adjectives, the words of columns they speak of, and whether they mean much (True) or little.
_MASS = "mass weight"
_LENGTH = "length distance duration"
_HEIGHT = "height altitude elevation"
_PRICE = "price cost fare"
_AGE = "age"
_SIZE = "size area population"
ADJECTIVES: dict[str, tuple[frozenset[str], bool]] = {
    word: (frozenset(columns.split()), much)
    for columns, much, words in (
        (_MASS, True, "heavy heavier heaviest"),
        (_MASS, False, "light lighter lightest"),
        (_LENGTH, True, "long longer longest"),
        (_LENGTH, False, "short shorter shortest"),
        (_HEIGHT, True, "tall taller tallest"),
        (_PRICE, True, "expensive pricey priciest costly costliest"),
        (_PRICE, False, "cheap cheaper cheapest"),
        ("delay", True, "late delayed"),
        (_AGE, True, "old older oldest"),
        (_AGE, False, "young younger youngest"),
        ("speed velocity", True, "fast faster fastest"),
        ("speed velocity", False, "slow slower slowest"),
        ("distance", True, "far farther farthest furthest"),
        ("distance", False, "close closer closest nearest"),
        ("width", True, "wide wider widest"),
        ("width", False, "narrow narrower narrowest"),
        ("depth", True, "deep deeper deepest"),
        ("depth", False, "shallow shallower shallowest"),
        ("temperature", True, "hot hotter hottest warm warmer warmest"),
        ("temperature", False, "cold colder coldest cool cooler coolest"),
        ("income wealth salary gdp", True, "rich richer richest wealthy wealthier wealthiest"),
        ("income wealth salary gdp", False, "poor poorer poorest"),
        ("population", True, "populous"),
    )
    for word in words.split()
}
# What an intransitive verb measures: "weigh more than", "cost over".
MEASURING_VERBS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("weigh", "weighs", "weighed", "weighing"), frozenset(_MASS.split())),
    **dict.fromkeys(("cost", "costs", "costing"), frozenset(_PRICE.split())),
    **dict.fromkeys(("earn", "earns", "earned", "earning"), frozenset("salary wage income pay".split())),
    **dict.fromkeys(("spend", "spends", "spent", "spending"), frozenset("bill amount price cost spending".split())),
    **dict.fromkeys(("aged",), frozenset({"age"})),
}

HIGH = "highest|largest|biggest|greatest|maximum|max|maximal|top|best-paid|longest|most"
LOW = "lowest|smallest|least|fewest|minimum|min|minimal|tiniest"

# Nouns for a row whatever the table is about.
ROW_NOUNS = frozenset(
    "row record entry observation datapoint sample instance case line item element example individual "
    "specimen measurement".split()
)
# Nouns for a row when the table is about people, as one of the columns after the colon tells.
PERSON_NOUNS = frozenset("person people individual participant respondent subject".split())
# Roles people have: a row is one of them only where the question also names a condition, and the answer says so.
ROLES = frozenset(
    "passenger customer patient student employee user player member guest diner visitor worker patron client payer".split()
)
# Values that say the same of people.
PEOPLE = {
    **dict.fromkeys(("woman", "lady", "girl"), ("female", "f", "woman")),
    **dict.fromkeys(("man", "gentleman", "boy"), ("male", "m", "man")),
    "female": ("f", "woman"),
    "male": ("m", "man"),
}
PERSON_COLUMNS = frozenset("pulse waist age gender salary smoker occupation survived income education marital".split())
# What a row is where a column is called like this.
TOLD_BY_COLUMNS = {
    "petal": frozenset({"flower", "plant", "blossom"}),
    "flipper": frozenset({"penguin", "bird", "animal"}),
}
# Where one of these stands in a single row, that is what a row is.
ENTITIES = frozenset("nation country state city district region county province company firm team school".split())
# Names of files that say nothing about what a row is.
VAGUE_NAMES = frozenset(
    "data dataset table file sheet export upload test sample input output result stats wide long raw".split()
)

# Words that carry no condition and no measure.
STOP = frozenset(
    """
    a an the of in on at for to from with within by into and or is are was were be been being do does did have has had
    having there it its their they them this that these those what which i me my we our us you your please tell show
    give find list display calculate compute determine can could would want like know need get let see about all any
    each every whole entire overall total together altogether data dataset table file sheet column field value number
    amount respectively so then also just exactly roughly approximately about ever here when where as if than how many
    much some one ones other recorded observed measured reported listed found seen present exist exists contain contains
    include includes included available given following main only different unique distinct across among between
    per according based terms during look looks many kind type figure vs versus compared compare against both most
    least go s respect name named called level same come comes actually currently us hi hello split either but history hey thanks thank dear out
    """.split()
)
# Verbs that only join a row to a condition or a measure; alone they are not understood.
LINKING = frozenset(
    """
    live lives living lived win wins won winning get gets got earn earned receive received belong belongs come came
    score scored take took taken make made use used using fly flew flown flying depart departed departing departure
    leave left leaving arrive arrived arriving arrival go goes went going originate originated land landed start started
    sold buy bought built located based collected order ordered pay paid spend spent cost register registered hold holds lie lies lay lying manage managed cast
    account accounts associated happen happened occur occurred work works working served serve own owns operate operated operating run runs made manufactured produced written directed published employed visited
    recorded participate participated bring brings brought reach reached end ended ends do done appear appears appeared cover covers covered rated show shows displayed receive receives vary varies varied flies offer offers offered
    """.split()
)
# Verbs that tell an event, and what a table about such events speaks of.
_TRAVEL = "flight departure arrival origin destination airline carrier plane airport route trip train station distance"
_TRADE = "sale sales price product order quantity unit revenue turnover store shop customer invoice item"
_MONEY = "bill price amount cost fare payment total tip charge fee salary wage income expenditure spending foodexp rent"
_PRIZES = "winner win medal gold silver bronze victory score match game prize election vote votes goal point team"
EVENTS: dict[str, frozenset[str]] = {
    verb: frozenset(topics.split())
    for topics, verbs in (
        (_TRADE, "sell sells sold buy buys bought order ordered purchased"),
        (_MONEY, "pay pays paid spend spends spent cost costs"),
        (f"{_MONEY} {_PRIZES} revenue", "earn earns earned"),
        (
            "employee job salary occupation department company employer profession wage hours experience",
            "work works worked working employed",
        ),
        (
            f"{_TRAVEL} car ship vehicle",
            "fly flew flown flying flies depart departed departing arrive arrived arriving arrival landed land operate operated operating originate originated",
        ),
        (f"{_TRAVEL} employee churn exit attrition tip", "leave leaves left leaving"),
        (_PRIZES, "win wins won winning"),
        ("author title book movie film director publisher genre writer song article", "written directed published"),
        ("visit visitor page site hospital doctor country city customer session", "visited"),
        (
            "manufacturer maker brand model building house ship product factory firm plant",
            "built manufactured produced",
        ),
        ("group experiment trial treatment event game study team", "participate participated"),
    )
    for verb in verbs.split()
}
# An amount per something: such are averaged, never added up.
PER = frozenset("per rate ratio percent percentage share average mean fraction proportion temperature age bmi".split())
NEVER_ADDED = frozenset("percap lifeexp rate unemp cpi temp lat lon".split())
# What there is at a time, and not what comes in over it.
STOCKS = frozenset("pop population inhabitants".split())
# Nouns that may follow a column without changing what it is.
TRAILING = frozenset(
    "number value column field name level category code figure group type rate count class content score reading money airport".split()
)
# Amounts of which the sum is asked for as often as the mean.
ADDED_UP = frozenset(
    "pop population sales revenue turnover profit quantity units votes medals cases deaths bill tip amount".split()
)
# What a column of counts is called.
WEIGHTS = frozenset((word,) for word in "count n cnt freq frequency number occurrence counts".split())
SEASONS = frozenset("spring summer autumn fall winter".split())
IRREGULAR = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "mice": "mouse",
    "feet": "foot",
    "indices": "index",
    "males": "male",
    "females": "female",
    "movies": "movie",
    "species": "species",
    "series": "series",
    "sales": "sales",
    "news": "news",
    "lens": "lens",
    "gas": "gas",
    "hours": "hour",
    "does": "does",
    "has": "has",
    "was": "was",
    "is": "is",
    "this": "this",
    "its": "its",
    "us": "us",
}
NUMBER_WORDS = (
    {"zero": 0}
    | {
        word: number
        for number, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), 2)
    }
    | {"fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50}
)

# What comes from somewhere, by the names tables have for it.
DEMONYMS = {
    "african": ("africa",),
    "american": ("america", "americas", "united states", "usa", "us"),
    "asian": ("asia",),
    "australian": ("australia",),
    "brazilian": ("brazil",),
    "british": ("united kingdom", "uk", "great britain"),
    "canadian": ("canada",),
    "chinese": ("china",),
    "dutch": ("netherlands",),
    "european": ("europe",),
    "french": ("france",),
    "german": ("germany",),
    "indian": ("india",),
    "italian": ("italy",),
    "japanese": ("japan",),
    "mexican": ("mexico",),
    "russian": ("russia",),
    "spanish": ("spain",),
    "swedish": ("sweden",),
    "swiss": ("switzerland",),
    "turkish": ("turkey",),
}
# Verbs and the moment of a journey they speak of.
MOVEMENTS = {"left": "departure", "leave": "departure", "leaves": "departure", "landed": "arrival", "land": "arrival"}

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Every word that means something whatever the table is about: none of them is a slip of the pen.
VOCABULARY = frozenset(
    {*STOP, *LINKING, *TRAILING, *SHORT_FOR, *UNITS, *ADJECTIVES, *MEASURING_VERBS, *ROW_NOUNS, *PERSON_NOUNS, *ROLES}
    | {*PEOPLE, *DEMONYMS, *MOVEMENTS, *SEASONS, *IRREGULAR, *NUMBER_WORDS, *WEEKDAYS}
    | {word for group in SYNONYMS for word in group}
)
