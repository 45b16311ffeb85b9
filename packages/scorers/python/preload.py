"""What answers and tests import most. Imported before a job is forked, it costs them nothing; no name of it is theirs until they import it."""

import bisect
import cmath
import collections
import copy
import datetime
import decimal
import fractions
import functools
import hashlib
import heapq
import itertools
import json
import math
import operator
import random
import re
import statistics
import string
import time
import traceback
import typing
