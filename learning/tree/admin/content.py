"""What every admin of the tree is made of; writes go through the same domain functions as the API's."""

from functools import partial
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from learning.models import Course, CourseCategory, Reordering, SubCourse
from learning.tree.admin.guarded import GuardedPages
from learning.tree.domain import structure
from learning.tree.levels import SiblingKind, TreeLevel, levels, levels_below
from tenancy.admin import MOST_ENTRIES, Counted, Entry, Job, branch_filters
