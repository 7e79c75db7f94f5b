"""The words of the sample data."""

from typing import NamedTuple


class Category(NamedTuple):
    """A category, its kinds of products, and their lowest and highest price in whole units of money."""

    name: str
    things: tuple[str, ...]
    low: int
    high: int


CATEGORIES = (
    Category("Armchairs", ("armchair", "recliner", "wing chair", "rocking chair"), 120, 900),
    Category("Audio", ("headphones", "speaker", "soundbar", "turntable"), 25, 700),
    Category("Baby care", ("baby monitor", "stroller", "high chair", "play mat"), 15, 450),
    Category("Backpacks", ("backpack", "daypack", "messenger bag", "duffel bag"), 25, 220),
    Category("Bathroom", ("towel set", "bath mat", "soap dispenser", "mirror cabinet"), 8, 260),
    Category("Bedding", ("duvet", "pillow", "bed linen set", "mattress topper"), 15, 320),
    Category("Beds", ("bed frame", "bunk bed", "daybed", "headboard"), 140, 1400),
    Category("Bicycles", ("city bike", "touring bike", "gravel bike", "folding bike"), 280, 3200),
    Category("Board games", ("strategy game", "card game", "puzzle", "dice game"), 9, 90),
    Category("Bookcases", ("bookcase", "wall shelf", "corner shelf", "ladder shelf"), 35, 480),
    Category("Cameras", ("compact camera", "tripod", "camera bag", "lens"), 20, 1900),
    Category("Camping", ("tent", "sleeping bag", "camp stove", "folding table"), 18, 560),
    Category("Candles", ("pillar candle", "scented candle", "candle holder", "lantern"), 4, 60),
    Category("Chairs", ("dining chair", "stool", "bar stool", "bench"), 30, 340),
    Category("Clocks", ("wall clock", "alarm clock", "mantel clock", "kitchen timer"), 10, 180),
    Category("Coffee", ("espresso maker", "coffee grinder", "French press", "pour-over set"), 14, 880),
    Category("Cookware", ("frying pan", "casserole", "saucepan", "wok"), 18, 320),
    Category("Curtains", ("curtain pair", "roller blind", "curtain rod", "net curtain"), 12, 190),
    Category("Desks", ("desk", "standing desk", "writing table", "desk organiser"), 25, 950),
    Category("Fitness", ("dumbbell pair", "yoga mat", "kettlebell", "rowing machine"), 9, 1100),
    Category("Garden furniture", ("garden chair", "garden table", "parasol", "hammock"), 25, 780),
    Category("Garden tools", ("spade", "pruning shears", "wheelbarrow", "garden hose"), 9, 210),
    Category("Glassware", ("wine glass set", "tumbler set", "carafe", "vase"), 8, 140),
    Category("Handbags", ("handbag", "clutch", "tote bag", "shoulder bag"), 25, 420),
    Category("Hats", ("wool hat", "straw hat", "cap", "beret"), 9, 85),
    Category("Jackets", ("rain jacket", "parka", "fleece jacket", "denim jacket"), 35, 420),
    Category("Jewellery", ("necklace", "bracelet", "ring", "pair of earrings"), 15, 1600),
    Category("Keyboards", ("mechanical keyboard", "wireless keyboard", "number pad", "wrist rest"), 12, 260),
    Category("Kitchen appliances", ("kettle", "toaster", "blender", "food processor"), 19, 480),
    Category("Knives", ("chef's knife", "bread knife", "paring knife", "knife block"), 9, 290),
    Category("Lighting", ("desk lamp", "floor lamp", "pendant lamp", "wall light"), 12, 460),
    Category("Luggage", ("suitcase", "cabin case", "garment bag", "travel organiser"), 15, 520),
    Category("Monitors", ("office monitor", "wide monitor", "monitor arm", "portable monitor"), 45, 1300),
    Category("Music", ("guitar", "ukulele", "keyboard stand", "music stand"), 15, 1500),
    Category("Office paper", ("notebook", "sketchbook", "planner", "letter set"), 3, 45),
    Category("Pet supplies", ("dog bed", "cat tree", "pet carrier", "feeding bowl"), 6, 230),
    Category("Phones", ("phone", "phone case", "charging stand", "power bank"), 9, 1100),
    Category("Posters", ("art print", "poster", "picture frame", "canvas print"), 7, 160),
    Category("Rugs", ("wool rug", "runner", "round rug", "door mat"), 12, 680),
    Category("Shirts", ("linen shirt", "flannel shirt", "polo shirt", "T-shirt"), 9, 110),
    Category("Shoes", ("sneakers", "ankle boots", "loafers", "hiking boots"), 35, 320),
    Category("Skin care", ("hand cream", "face serum", "body lotion", "lip balm"), 4, 75),
    Category("Sofas", ("two-seater sofa", "three-seater sofa", "corner sofa", "sofa bed"), 290, 2900),
    Category("Storage", ("storage box", "basket", "chest of drawers", "coat rack"), 6, 520),
    Category("Tableware", ("dinner plate set", "bowl set", "cutlery set", "serving dish"), 12, 240),
    Category("Tables", ("dining table", "coffee table", "side table", "console table"), 45, 1700),
    Category("Tea", ("teapot", "tea tin", "tea cup set", "tea strainer"), 5, 120),
    Category("Tools", ("cordless drill", "hammer", "screwdriver set", "spirit level"), 7, 390),
    Category("Toys", ("building set", "toy train", "plush bear", "doll's house"), 8, 190),
    Category("Watches", ("wristwatch", "diver's watch", "watch strap", "pocket watch"), 12, 1800),
)

LOOKS = (
    "Classic", "Compact", "Deep blue", "Everyday", "Foldable", "Forest green", "Grand",
    "Hand-finished", "Light", "Matte", "Minimal", "Modern", "Natural", "Nordic", "Polished",
    "Retro", "Rustic", "Sand-coloured", "Slim", "Soft", "Sturdy", "Travel", "Urban", "Warm grey",
)  # fmt: skip

MATERIALS = (
    "aluminium", "ash", "bamboo", "beech", "brass", "canvas", "carbon", "ceramic", "copper", "cork",
    "cotton", "felt", "glass", "leather", "linen", "maple", "oak", "pine", "recycled", "silicone",
    "steel", "walnut", "wool",
)  # fmt: skip

FIRST_NAMES = (
    "Ada", "Aiko", "Amara", "Anders", "Anna", "Aron", "Beatriz", "Bela", "Carlos", "Chloé", "Clara",
    "Daniel", "Diego", "Elena", "Elif", "Emil", "Fatima", "Felix", "Freya", "Hana", "Hugo",
    "Ingrid", "Ivan", "Jana", "Jonas", "Julia", "Kenji", "Lara", "Lena", "Liam", "Lucía", "Maja",
    "Marco", "Maria", "Mateo", "Mina", "Noah", "Nora", "Oskar", "Paul", "Petra", "Priya", "Rosa",
    "Samuel", "Sofia", "Tariq", "Tomás", "Vera", "Yusuf", "Zoë",
)  # fmt: skip

LAST_NAMES = (
    "Abebe", "Adler", "Almeida", "Andersen", "Bauer", "Becker", "Bianchi", "Brandt", "Castro",
    "Cohen", "Costa", "Demir", "Dubois", "Eriksen", "Fischer", "Fontaine", "García", "Greco",
    "Haddad", "Hansen", "Horvat", "Ito", "Jensen", "Kaya", "Keller", "Khan", "Kovács", "Kowalski",
    "Larsen", "Lopez", "Marino", "Martin", "Meyer", "Mori", "Moreau", "Nagy", "Novak", "Okafor",
    "Olsen", "Patel", "Peeters", "Petrov", "Ramos", "Rossi", "Santos", "Sato", "Schmidt", "Silva",
    "Singh", "Svensson", "Tanaka", "Torres", "Varga", "Vidal", "Vogel", "Weber",
)  # fmt: skip
