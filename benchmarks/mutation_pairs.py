"""Hand-written bugs with their repairs, for `mutation_rank.py`.

Each is one small function in the spirit of QuixBugs, written for this benchmark: (name, buggy,
fixed). Some are out of reach of a single template on purpose, so that the benchmark can fail.
"""

PAIRS: tuple[tuple[str, str, str], ...] = (
    (
        "binary_search_end",
        (
            "def find(items, x):\n    lo, hi = 0, len(items)\n    while lo < hi:\n"
            "        mid = (lo + hi) // 2\n        if items[mid] == x:\n            return mid\n"
            "        if items[mid] < x:\n            lo = mid\n        else:\n            hi = mid\n"
            "    return -1\n"
        ),
        (
            "def find(items, x):\n    lo, hi = 0, len(items)\n    while lo < hi:\n"
            "        mid = (lo + hi) // 2\n        if items[mid] == x:\n            return mid\n"
            "        if items[mid] < x:\n            lo = mid + 1\n        else:\n            hi = mid\n"
            "    return -1\n"
        ),
    ),
    (
        "gcd_arguments",
        "def gcd(a, b):\n    if b == 0:\n        return a\n    return gcd(a % b, b)\n",
        "def gcd(a, b):\n    if b == 0:\n        return a\n    return gcd(b, a % b)\n",
    ),
    (
        "flatten_yield",
        (
            "def flatten(tree):\n    for item in tree:\n        if isinstance(item, list):\n"
            "            for leaf in flatten(item):\n                yield leaf\n        else:\n"
            "            yield flatten(item)\n"
        ),
        (
            "def flatten(tree):\n    for item in tree:\n        if isinstance(item, list):\n"
            "            for leaf in flatten(item):\n                yield leaf\n        else:\n"
            "            yield item\n"
        ),
    ),
    (
        "empty_average",
        "def average(values):\n    return sum(values) / len(values)\n",
        (
            "def average(values):\n    if not values:\n        return 0\n"
            "    return sum(values) / len(values)\n"
        ),
    ),
    (
        "word_count_case",
        (
            "def count_words(text):\n    counts = {}\n    for word in text.split():\n"
            "        counts[word] = counts.get(word, 0) + 1\n    return counts\n"
        ),
        (
            "def count_words(text):\n    counts = {}\n    for word in text.lower().split():\n"
            "        counts[word] = counts.get(word, 0) + 1\n    return counts\n"
        ),
    ),
    (
        "shared_default",
        "def collect(item, into=[]):\n    into.append(item)\n    return into\n",
        (
            "def collect(item, into=None):\n    if into is None:\n        into = []\n"
            "    into.append(item)\n    return into\n"
        ),
    ),
    (
        "bounded_max",
        "def clamp(value, low, high):\n    return max(low, max(value, high))\n",
        "def clamp(value, low, high):\n    return max(low, min(value, high))\n",
    ),
    (
        "leap_year",
        "def is_leap(year):\n    return year % 4 == 0 and year % 100 != 0 and year % 400 == 0\n",
        "def is_leap(year):\n    return year % 4 == 0 and year % 100 != 0 or year % 400 == 0\n",
    ),
    (
        "missing_key",
        "def price(catalogue, name, default):\n    return catalogue[name]\n",
        "def price(catalogue, name, default):\n    return catalogue.get(name, default)\n",
    ),
    (
        "zero_is_a_value",
        (
            "def limit_of(options):\n    limit = options.get('limit')\n    if not limit:\n"
            "        limit = 10\n    return limit\n"
        ),
        (
            "def limit_of(options):\n    limit = options.get('limit')\n    if limit is None:\n"
            "        limit = 10\n    return limit\n"
        ),
    ),
    (
        "last_chunk",
        (
            "def chunks(items, size):\n    out = []\n    for start in range(0, len(items) - 1, size):\n"
            "        out.append(items[start:start + size])\n    return out\n"
        ),
        (
            "def chunks(items, size):\n    out = []\n    for start in range(0, len(items), size):\n"
            "        out.append(items[start:start + size])\n    return out\n"
        ),
    ),
    (
        "caught_too_little",
        (
            "def to_int(text):\n    try:\n        return int(text)\n    except ValueError:\n"
            "        return None\n"
        ),
        (
            "def to_int(text):\n    try:\n        return int(text)\n"
            "    except (ValueError, TypeError):\n        return None\n"
        ),
    ),
    (
        "forgotten_forwarding",
        (
            "def top(items, count, key=None):\n    ordered = sorted(items, reverse=True)\n"
            "    return ordered[:count]\n"
        ),
        (
            "def top(items, count, key=None):\n    ordered = sorted(items, reverse=True, key=key)\n"
            "    return ordered[:count]\n"
        ),
    ),
    (
        "wrong_accumulator",
        (
            "def totals(rows):\n    total = 0\n    best = 0\n    for row in rows:\n"
            "        total += row\n        best = max(total, row)\n    return total, best\n"
        ),
        (
            "def totals(rows):\n    total = 0\n    best = 0\n    for row in rows:\n"
            "        total += row\n        best = max(best, row)\n    return total, best\n"
        ),
    ),
    (
        "early_return_in_loop",
        (
            "def all_positive(values):\n    for value in values:\n        if value <= 0:\n"
            "            return False\n        return True\n"
        ),
        (
            "def all_positive(values):\n    for value in values:\n        if value <= 0:\n"
            "            return False\n    return True\n"
        ),
    ),
    (
        "super_init",
        (
            "class Shape:\n    def __init__(self, name):\n        self.name = name\n\n\n"
            "class Box(Shape):\n    def __init__(self, name, side):\n        self.side = side\n"
        ),
        (
            "class Shape:\n    def __init__(self, name):\n        self.name = name\n\n\n"
            "class Box(Shape):\n    def __init__(self, name, side):\n"
            "        super().__init__(name)\n        self.side = side\n"
        ),
    ),
    (
        "extension_of_hidden_file",
        "def extension(path):\n    return path.partition('.')[2]\n",
        "def extension(path):\n    return path.rpartition('.')[2]\n",
    ),
    (
        "anchored_identifier",
        "import re\n\n\ndef is_name(text):\n    return bool(re.match(r'[a-z]\\w*', text))\n",
        "import re\n\n\ndef is_name(text):\n    return bool(re.fullmatch(r'[a-z]\\w*', text))\n",
    ),
    (
        "numbers_with_sign",
        (
            "import re\n\nNUMBER = re.compile(r'\\d+')\n\n\ndef numbers(text):\n"
            "    return [int(hit) for hit in NUMBER.findall(text)]\n"
        ),
        (
            "import re\n\nNUMBER = re.compile(r'-?\\d+')\n\n\ndef numbers(text):\n"
            "    return [int(hit) for hit in NUMBER.findall(text)]\n"
        ),
    ),
    (
        "mutated_argument",
        (
            "def with_defaults(options, defaults):\n    merged = defaults\n"
            "    merged.update(options)\n    return merged\n"
        ),
        (
            "def with_defaults(options, defaults):\n    merged = defaults.copy()\n"
            "    merged.update(options)\n    return merged\n"
        ),
    ),
    (
        "unhandled_tuple",
        (
            "def depth(tree):\n    if not isinstance(tree, list):\n        return 0\n"
            "    return 1 + max(depth(part) for part in tree)\n"
        ),
        (
            "def depth(tree):\n    if not isinstance(tree, (list, tuple)):\n        return 0\n"
            "    return 1 + max(depth(part) for part in tree)\n"
        ),
    ),
    (
        "max_of_nothing",
        "def longest(words):\n    return max(len(word) for word in words)\n",
        "def longest(words):\n    return max((len(word) for word in words), default=0)\n",
    ),
    (
        "late_closure",
        "def adders(steps):\n    return [lambda x: x + step for step in steps]\n",
        "def adders(steps):\n    return [lambda x, step=step: x + step for step in steps]\n",
    ),
    (
        "rounded_division",
        "def pages(items, size):\n    return items // size\n",
        "def pages(items, size):\n    return -(-items // size)\n",
    ),
    (
        "stable_order",
        "def unique(items):\n    return list(set(items))\n",
        "def unique(items):\n    return list(dict.fromkeys(items))\n",
    ),
    (
        "escaped_twice",
        (
            "def escape(text):\n    text = text.replace('<', '&lt;')\n"
            "    text = text.replace('&', '&amp;')\n    return text\n"
        ),
        (
            "def escape(text):\n    text = text.replace('&', '&amp;')\n"
            "    text = text.replace('<', '&lt;')\n    return text\n"
        ),
    ),
    (
        "missing_return",
        (
            "class Query:\n    def __init__(self):\n        self.parts = []\n\n"
            "    def where(self, part):\n        self.parts.append(part)\n"
        ),
        (
            "class Query:\n    def __init__(self):\n        self.parts = []\n\n"
            "    def where(self, part):\n        self.parts.append(part)\n        return self\n"
        ),
    ),
    (
        "same_name_as_global",
        "count = 0\n\n\ndef bump():\n    count = count + 1\n    return count\n",
        "count = 0\n\n\ndef bump():\n    global count\n    count = count + 1\n    return count\n",
    ),
    (
        "merge_tail",
        (
            "def merge(left, right):\n    out = []\n    i = j = 0\n"
            "    while i < len(left) and j < len(right):\n        if left[i] <= right[j]:\n"
            "            out.append(left[i])\n            i += 1\n        else:\n"
            "            out.append(right[j])\n            j += 1\n    out.extend(left[i:])\n"
            "    return out\n"
        ),
        (
            "def merge(left, right):\n    out = []\n    i = j = 0\n"
            "    while i < len(left) and j < len(right):\n        if left[i] <= right[j]:\n"
            "            out.append(left[i])\n            i += 1\n        else:\n"
            "            out.append(right[j])\n            j += 1\n    out.extend(left[i:])\n"
            "    out.extend(right[j:])\n    return out\n"
        ),
    ),
    (
        "two_faults",
        (
            "def mid(a, b, c):\n    if a < b:\n        return b if b < c else c\n"
            "    return a if a < c else c\n"
        ),
        "def mid(a, b, c):\n    if a > b:\n        a, b = b, a\n    return max(a, min(b, c))\n",
    ),
    (
        "blank_lines",
        (
            "def parse(lines):\n    out = {}\n    for line in lines:\n"
            "        key, _, value = line.partition('=')\n        out[key] = value\n    return out\n"
        ),
        (
            "def parse(lines):\n    out = {}\n    for line in lines:\n"
            "        if not line:\n            continue\n"
            "        key, _, value = line.partition('=')\n        out[key] = value\n    return out\n"
        ),
    ),
    (
        "padded_hours",
        "def clock(hours, minutes):\n    return f'{hours}:{minutes:02d}'\n",
        "def clock(hours, minutes):\n    return f'{hours:02d}:{minutes:02d}'\n",
    ),
    (
        "forwarded_arguments",
        (
            "def traced(target, log):\n"
            "    def inner(*args, **kwargs):\n"
            "        log.append(target.__name__)\n"
            "        return target(args, **kwargs)\n"
            "    return inner\n"
        ),
        (
            "def traced(target, log):\n"
            "    def inner(*args, **kwargs):\n"
            "        log.append(target.__name__)\n"
            "        return target(*args, **kwargs)\n"
            "    return inner\n"
        ),
    ),
    (
        "keywords_not_unpacked",
        (
            "class Registry:\n"
            "    def __init__(self):\n"
            "        self.makers = {}\n"
            "\n"
            "    def build(self, name, **options):\n"
            "        if name not in self.makers:\n"
            "            raise LookupError(name)\n"
            "        return self.makers[name](options)\n"
        ),
        (
            "class Registry:\n"
            "    def __init__(self):\n"
            "        self.makers = {}\n"
            "\n"
            "    def build(self, name, **options):\n"
            "        if name not in self.makers:\n"
            "            raise LookupError(name)\n"
            "        return self.makers[name](**options)\n"
        ),
    ),
    (
        "truth_value",
        (
            "class Basket:\n"
            "    def __init__(self, owner, items):\n"
            "        self.owner = owner\n"
            "        self.items = items\n"
            "\n"
            "    def is_ready(self) -> bool:\n"
            "        if self.owner is None:\n"
            "            return False\n"
            "        return self.owner.name and self.items\n"
        ),
        (
            "class Basket:\n"
            "    def __init__(self, owner, items):\n"
            "        self.owner = owner\n"
            "        self.items = items\n"
            "\n"
            "    def is_ready(self) -> bool:\n"
            "        if self.owner is None:\n"
            "            return False\n"
            "        return bool(self.owner.name and self.items)\n"
        ),
    ),
    (
        "list_promised",
        (
            "from typing import Iterable\n"
            "\n"
            "\n"
            "def unique(words: Iterable[str]) -> list[str]:\n"
            "    seen = dict.fromkeys(words)\n"
            "    return seen.keys()\n"
        ),
        (
            "from typing import Iterable\n"
            "\n"
            "\n"
            "def unique(words: Iterable[str]) -> list[str]:\n"
            "    seen = dict.fromkeys(words)\n"
            "    return list(seen.keys())\n"
        ),
    ),
    (
        "header_case",
        (
            "def pick(headers, wanted):\n"
            '    """The value of one header."""\n'
            "    for header in headers:\n"
            "        if header.name == wanted.name.lower():\n"
            "            return header.value\n"
            "    return None\n"
        ),
        (
            "def pick(headers, wanted):\n"
            '    """The value of one header."""\n'
            "    for header in headers:\n"
            "        if header.name.lower() == wanted.name.lower():\n"
            "            return header.value\n"
            "    return None\n"
        ),
    ),
    (
        "status_like_its_neighbour",
        (
            "class Row:\n"
            "    def __init__(self, left, right):\n"
            "        self.left, self.right = left, right\n"
            "\n"
            "    def kind(self):\n"
            "        if self.left.value.upper() == 'A' and self.right.value == 'B':\n"
            "            return 'pair'\n"
            "        return 'none'\n"
        ),
        (
            "class Row:\n"
            "    def __init__(self, left, right):\n"
            "        self.left, self.right = left, right\n"
            "\n"
            "    def kind(self):\n"
            "        if self.left.value.upper() == 'A' and self.right.value.upper() == 'B':\n"
            "            return 'pair'\n"
            "        return 'none'\n"
        ),
    ),
    (
        "title_falls_back",
        (
            "def heading(page, site_title):\n"
            "    title = page.get('title')\n"
            "    suffix = page.get('suffix', '')\n"
            "    return f'{title}{suffix}'\n"
        ),
        (
            "def heading(page, site_title):\n"
            "    title = page.get('title') or site_title\n"
            "    suffix = page.get('suffix', '')\n"
            "    return f'{title}{suffix}'\n"
        ),
    ),
    (
        "parent_encoding",
        (
            "class Part:\n"
            "    encoding = None\n"
            "\n"
            "    def __init__(self, body, default_encoding):\n"
            "        self.body = body\n"
            "        self.default_encoding = default_encoding\n"
            "\n"
            "    def text(self):\n"
            "        return self.body.decode(self.encoding)\n"
        ),
        (
            "class Part:\n"
            "    encoding = None\n"
            "\n"
            "    def __init__(self, body, default_encoding):\n"
            "        self.body = body\n"
            "        self.default_encoding = default_encoding\n"
            "\n"
            "    def text(self):\n"
            "        return self.body.decode(self.encoding or self.default_encoding)\n"
        ),
    ),
    (
        "optional_tags",
        (
            "def render(name, tags=None, sep=', '):\n"
            "    line = name\n"
            "    for tag in tags:\n"
            "        line += sep + tag\n"
            "    return line\n"
        ),
        (
            "def render(name, tags=None, sep=', '):\n"
            "    line = name\n"
            "    if tags is None:\n"
            "        tags = []\n"
            "    for tag in tags:\n"
            "        line += sep + tag\n"
            "    return line\n"
        ),
    ),
    (
        "empty_cell",
        (
            "def widths(rows):\n"
            "    out = []\n"
            "    for row in rows:\n"
            "        for at, cell in enumerate(row):\n"
            "            size = len(cell)\n"
            "            out[at:at + 1] = [max(size, *out[at:at + 1], 0)]\n"
            "    return out\n"
        ),
        (
            "def widths(rows):\n"
            "    out = []\n"
            "    for row in rows:\n"
            "        for at, cell in enumerate(row):\n"
            "            if cell is None:\n"
            "                cell = ''\n"
            "            size = len(cell)\n"
            "            out[at:at + 1] = [max(size, *out[at:at + 1], 0)]\n"
            "    return out\n"
        ),
    ),
    (
        "last_page",
        (
            "def pages(total, size):\n"
            "    number = 0\n"
            "    while total > number * size + 1:\n"
            "        number += 1\n"
            "    return number\n"
        ),
        (
            "def pages(total, size):\n"
            "    number = 0\n"
            "    while total >= number * size + 1:\n"
            "        number += 1\n"
            "    return number\n"
        ),
    ),
    (
        "window_fits",
        (
            "def fits(start, width, limit):\n"
            "    if start < 0:\n"
            "        return False\n"
            "    if start + width > limit + 1:\n"
            "        return False\n"
            "    return True\n"
        ),
        (
            "def fits(start, width, limit):\n"
            "    if start < 0:\n"
            "        return False\n"
            "    if start + width > limit:\n"
            "        return False\n"
            "    return True\n"
        ),
    ),
    (
        "node_may_be_missing",
        (
            "class Tree:\n"
            "    def __init__(self):\n"
            "        self.root = None\n"
            "        self.dirty = True\n"
            "\n"
            "    def refresh(self, force):\n"
            "        if self.dirty or force:\n"
            "            self.root.update()\n"
            "            self.dirty = False\n"
        ),
        (
            "class Tree:\n"
            "    def __init__(self):\n"
            "        self.root = None\n"
            "        self.dirty = True\n"
            "\n"
            "    def refresh(self, force):\n"
            "        if (self.dirty or force) and self.root is not None:\n"
            "            self.root.update()\n"
            "            self.dirty = False\n"
        ),
    ),
    (
        "link_with_target",
        (
            "def follow(link, seen):\n"
            "    if link not in seen:\n"
            "        seen.add(link)\n"
            "        return follow(link.target, seen)\n"
            "    return link\n"
        ),
        (
            "def follow(link, seen):\n"
            "    if link not in seen and link.target is not None:\n"
            "        seen.add(link)\n"
            "        return follow(link.target, seen)\n"
            "    return link\n"
        ),
    ),
    (
        "unbound_result",
        (
            "def newest(entries, since):\n"
            "    for entry in entries:\n"
            "        if entry.time > since:\n"
            "            best = entry\n"
            "            since = entry.time\n"
            "    return best\n"
        ),
        (
            "def newest(entries, since):\n"
            "    best = None\n"
            "    for entry in entries:\n"
            "        if entry.time > since:\n"
            "            best = entry\n"
            "            since = entry.time\n"
            "    return best\n"
        ),
    ),
    (
        "bad_number",
        (
            "def setting(values, name):\n"
            "    text = values.get(name, '')\n"
            "    try:\n"
            "        return int(text)\n"
            "    except ValueError:\n"
            "        return 0\n"
        ),
        (
            "def setting(values, name):\n"
            "    text = values.get(name, '')\n"
            "    try:\n"
            "        return int(text)\n"
            "    except (ValueError, TypeError):\n"
            "        return 0\n"
        ),
    ),
    (
        "optional_attribute",
        (
            "def describe(error):\n"
            "    code = error.code\n"
            "    return f'{type(error).__name__}: {code}'\n"
        ),
        (
            "def describe(error):\n"
            "    code = getattr(error, 'code', None)\n"
            "    return f'{type(error).__name__}: {code}'\n"
        ),
    ),
    (
        "absent_column",
        (
            "def project(rows, columns):\n"
            "    out = []\n"
            "    for row in rows:\n"
            "        line = []\n"
            "        for name in columns:\n"
            "            line.append(row[name])\n"
            "        out.append(line)\n"
            "    return out\n"
        ),
        (
            "def project(rows, columns):\n"
            "    out = []\n"
            "    for row in rows:\n"
            "        line = []\n"
            "        for name in columns:\n"
            "            line.append(row[name] if name in row else None)\n"
            "        out.append(line)\n"
            "    return out\n"
        ),
    ),
    (
        "wrong_keyword",
        (
            "def box(width=0, height=0, title=''):\n"
            "    return [title, width, height]\n"
            "\n"
            "\n"
            "def square(size, title):\n"
            "    return box(width=size, title=title)\n"
        ),
        (
            "def box(width=0, height=0, title=''):\n"
            "    return [title, width, height]\n"
            "\n"
            "\n"
            "def square(size, title):\n"
            "    return box(height=size, title=title)\n"
        ),
    ),
    (
        "lookup_miss",
        (
            "def translate(words, table):\n"
            "    out = []\n"
            "    for word in words:\n"
            "        found = table[word]\n"
            "        out.append(found.upper())\n"
            "    return out\n"
        ),
        (
            "def translate(words, table):\n"
            "    out = []\n"
            "    for word in words:\n"
            "        if word not in table:\n"
            "            continue\n"
            "        found = table[word]\n"
            "        out.append(found.upper())\n"
            "    return out\n"
        ),
    ),
)
