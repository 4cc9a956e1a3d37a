"""What do the numbers say that no other page asks?"""

from core.display.components.part import part
from core.display.shell.navigation import SQL
from core.display.shell.page import open_page
from core.display.sql import view

context = open_page(SQL)
with part():
    view.stop_without_rows(context)
    sql = view.query_beside_tables(context)
    found = view.run(context, sql)
    view.result(context, sql, found)
    view.chart(found)
