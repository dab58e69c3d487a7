-- Chooses the font size and the column widths of a table in the PDF: no word is cut, and the widths
-- minimise the height of the table.

local here = { hyphenates = false } -- whether Typst can break the language's words

-- Visits the rows of the head, the heads of row groups and all other rows, in order.
local function each_row(tbl, visit)
  local function all(rows, kind)
    return rows:map(function(row) return visit(row, kind) or row end)
  end
  tbl.head.rows = all(tbl.head.rows, "head")
  for _, body in ipairs(tbl.bodies) do
    body.head = all(body.head, "block")
    body.body = all(body.body, "body")
  end
end

local function rows_of(tbl)
  local count = 0
  each_row(tbl, function() count = count + 1 end)
  return count
end

-- Approximate widths of letters in Fira Sans, in em.
local WIDTHS = {}
for _, group in ipairs({
  { 0.24, ".,:;'" }, { 0.28, " ijlıIİ" }, { 0.32, "fJ()[]" }, { 0.36, "t" }, { 0.4, "r-“”" },
  { 0.48, "cçsşvxyzFL" }, { 0.52, "gğkETZ–/" }, { 0.6, "bdhnoöpquüBKPR" },
  { 0.64, "DGĞƏ" }, { 0.68, "HNOÖQUÜ" }, { 0.72, "w&…жюы" }, { 0.84, "mMW%шщф" },
}) do
  for _, code in utf8.codes(group[2]) do WIDTHS[code] = group[1] end
end
local SEMIBOLD = 1.01 -- factor of the width of regular letters

local function ems(text)
  local width = 0
  for _, code in utf8.codes(text) do
    width = width + (WIDTHS[code] or 0.56)
  end
  return width
end

local UPRIGHT, TURNED = 470, 717 -- points: text width of A4 portrait and landscape
local LIGHT = 1.3 -- em: the shape of a status
local LONGEST = 40 -- letters; longer words may break anywhere

-- Returns the widths of the unbreakable parts of a cell in em: words, or a whole number.
local function pieces_of(cell, kind)
  local text = pandoc.utils.stringify(cell.contents)
  local is_light = cell.classes:includes("light")
  local is_whole = cell.classes:includes("num") and kind == "body" or is_light
  local pieces = pandoc.List({})
  for word in text:gmatch(is_whole and "..*" or "%S+") do
    local width = ems(word) * (kind == "body" and 1 or SEMIBOLD) + (is_light and LIGHT or 0)
    while width > LONGEST * 0.56 do
      pieces:insert(LONGEST * 0.56)
      width = width - LONGEST * 0.56
    end
    pieces:insert(width)
  end
  return pieces
end

local SLACK = 0.15 -- em: the error of a computed width
local SPACE, STEP = 0.28, 0.25 -- em: between words; the resolution of a width

local function line_of(pieces)
  local width = 0
  for _, piece in ipairs(pieces) do width = width + piece + SPACE end
  return width - SPACE
end

-- Returns the number of lines of a cell at a width; a wider word is hyphenated.
local function lines_of(pieces, width)
  local lines, filled = 1, 0
  for number, piece in ipairs(pieces) do
    if number > 1 and filled + SPACE + piece > width then
      lines, filled = lines + 1, piece
    else
      filled = filled + (number > 1 and SPACE or 0) + piece
    end
    while filled > width do
      lines, filled = lines + 1, filled - width
    end
  end
  return lines
end

-- Measures each column of a table, or of several tables with equal heads: the unbreakable parts per
-- row, and the widths of the longest part, of the longest cell, and of the longest body cell.
local function columns_of(tables)
  local columns, rows = {}, 0
  for number = 1, #tables[1].colspecs do
    columns[number] = { cells = {}, heads = 1, words = 1, whole = 1, below = 1, head = 1, lines = {} }
  end
  local function add(column, cell, kind)
    local pieces = pieces_of(cell, kind)
    local line, part = line_of(pieces), kind == "head" and "heads" or "words"
    column.cells[rows] = pieces
    for _, piece in ipairs(pieces) do column[part] = math.max(column[part], piece) end
    column.whole = math.max(column.whole, math.ceil((line + SLACK) / STEP) * STEP)
    if kind == "head" then
      column.head = math.max(column.head, line)
    elseif kind == "body" then
      column.below = math.max(column.below, line)
      column.is_number = column.is_number or cell.classes:includes("num")
    end
  end
  for number, tbl in ipairs(tables) do
    each_row(tbl, function(row, kind)
      if number > 1 and kind == "head" then return row end -- equal to that of the first table
      rows = rows + 1
      for number, cell in ipairs(row.cells) do
        if columns[number] and cell.col_span == 1 then add(columns[number], cell, kind) end
      end
    end)
  end
  return columns, rows
end

-- Returns the number of lines of each row of a column at a width; cached by width.
local function lines_at(column, width, rows)
  local key = math.floor(width / STEP + 0.5)
  if not column.lines[key] then
    local lines = {}
    for row = 1, rows do
      lines[row] = column.cells[row] and lines_of(column.cells[row], width) or 1
    end
    column.lines[key] = lines
  end
  return column.lines[key]
end

-- Returns the height of a table in lines. A row is as high as its highest cell. The other cells count
-- a little, so that widening the first of two equally high cells already counts as progress.
local function height_of(columns, widths, rows)
  local all, height = {}, 0
  for number, column in ipairs(columns) do all[number] = lines_at(column, widths[number], rows) end
  for row = 1, rows do
    local most, sum = 1, 0
    for number = 1, #columns do
      local lines = all[number][row]
      most, sum = math.max(most, lines), sum + lines
    end
    height = height + most + 0.02 * sum
  end
  return height
end

local STRIDES = { 1, 2, 4, 8, 16, 32, 64, 128 } -- steps by which a column may grow at once

-- Returns the column widths, at least `least`, that minimise the height, and the unused width. First,
-- spare width goes step by step to the column where it saves most lines per step (greedy search);
-- then width is moved between columns as long as that saves lines.
local function balanced(columns, rows, least, room)
  local widths, height = table.move(least, 1, #least, 1, {}), nil
  local function with(number, more, other)
    local tried = table.move(widths, 1, #widths, 1, {})
    tried[number] = tried[number] + more
    if other then tried[other] = tried[other] - more end
    return height_of(columns, tried, rows)
  end
  height = height_of(columns, widths, rows)
  while true do
    local best, saved, more = nil, 0, 0
    for number, column in ipairs(columns) do
      for _, stride in ipairs(STRIDES) do
        local step = math.min(stride * STEP, room, column.whole - widths[number])
        if step > 0 then
          local gain = (height - with(number, step)) / step
          if gain > saved then best, saved, more = number, gain, step end
        end
      end
    end
    if not best then break end
    widths[best], room = widths[best] + more, room - more
    height = height_of(columns, widths, rows)
  end
  for _ = 1, 200 do
    local from, to, moved, least_high = nil, nil, 0, height - 1e-9
    for number in ipairs(columns) do
      for other in ipairs(columns) do
        for _, stride in ipairs({ 1, 2, 4, 8 }) do
          local step = stride * STEP
          if number ~= other and widths[other] - step >= least[other] then
            local tried = with(number, step, other)
            if tried < least_high then from, to, moved, least_high = other, number, step, tried end
          end
        end
      end
    end
    if not from then break end
    widths[from], widths[to], height = widths[from] - moved, widths[to] + moved, least_high
  end
  return widths, room
end

-- Returns the column with the longest text.
local function longest_of(columns)
  local longest, most = 1, 0
  for number, column in ipairs(columns) do
    if not column.is_number and column.below > most then
      longest, most = number, column.below
    end
  end
  return longest
end

local HYPHEN = 0.62 -- share of a long word before its hyphen, at most
local LONG_WORD = 5 -- em

-- Returns the smallest width of a column: no number and no word is cut, and a longer text gets at
-- least `comfort`. Heads of a dense table are smaller.
local function narrowest(column, try)
  local head = column.heads
  if try.dense then
    head = head * (try.hyphenated and here.hyphenates and head > LONG_WORD and HYPHEN or 1) * 0.9
  end
  local least = math.max(head, column.words, math.min(column.below, try.comfort)) + SLACK
  return math.ceil(least / STEP) * STEP
end

-- Returns the column widths in Typst notation and the number of lines, or nil if they do not fit.
-- Unused width goes to the column with the longest text.
local function shared(columns, rows, try)
  local room, least = (try.across - #columns * try.gap) / try.size, {}
  for number, column in ipairs(columns) do
    least[number] = narrowest(column, try)
    room = room - least[number]
  end
  if room < 0 then
    return nil
  end
  room = math.floor(room / STEP) * STEP
  local widths, rest = balanced(columns, rows, least, room)
  local longest, written = longest_of(columns), {}
  widths[longest] = widths[longest] + rest
  local lines = height_of(columns, widths, rows)
  for number, width in ipairs(widths) do
    written[number] = ("%.1ffr"):format(try.gap + width * try.size)
  end
  return "(" .. table.concat(written, ", ") .. ",)", lines
end

local SHORT = 14 -- rows: a table of this length is not split, a longer one has smaller letters

local function upright(size, comfort)
  return { size = size, across = UPRIGHT, comfort = comfort, gap = size > 8 and 12 or 9 }
end

local function turned(size, comfort)
  return { size = size, across = TURNED, comfort = comfort, gap = 12, turned = true }
end

-- For many columns: heads are smaller and, if `hyphenated`, their long words are hyphenated.
local function dense(size, hyphenated)
  return {
    size = size, across = UPRIGHT, comfort = 6, gap = 5.5, dense = true, hyphenated = hyphenated,
  }
end

-- Settings in the order in which they are tried: large letters first, portrait before landscape.
local FIRST = { upright(9, 9), upright(8.5, 8.5) }
local THEN = {
  upright(8, 8), upright(7.5, 7.5), dense(7.5), dense(7), dense(7.5, true),
  turned(9, 9), turned(8, 0), turned(7, 0), turned(6.5, 0),
}

local WORTH = 0.9 -- letters are one step smaller if that saves 10 % of the lines

-- Returns the setting with the largest letters at which the table fits, the column widths and the
-- number of lines; nil if no setting fits.
local function layout_whole(tables, is_close)
  local columns, rows = columns_of(tables)
  local tries = pandoc.List((is_close or rows > SHORT) and {} or FIRST)
  tries:extend(THEN)
  for number, try in ipairs(tries) do
    local widths, lines = shared(columns, rows, try)
    local smaller = tries[number + 1]
    if widths and smaller and smaller.across == try.across and smaller.size < try.size then
      local narrower, fewer = shared(columns, rows, smaller)
      if fewer < WORTH * lines then
        return smaller, narrower, fewer
      end
    end
    if widths then
      return try, widths, lines
    end
  end
  return nil
end

-- Returns a copy of the table with some of its columns; spanning cells span all remaining columns.
local function with_columns(tbl, kept)
  tbl = tbl:clone()
  tbl.colspecs = pandoc.List(kept):map(function(number) return tbl.colspecs[number] end)
  each_row(tbl, function(row)
    local cells = pandoc.List({})
    for _, number in ipairs(kept) do
      if row.cells[number] then cells:insert(row.cells[number]) end
    end
    if #row.cells == 1 and row.cells[1].col_span > 1 then cells[1].col_span = #kept end
    row.cells = cells
    return row
  end)
  return tbl
end

-- Returns the column numbers of each of `count` parts: the row heads, then an equal share of the
-- other columns.
local function parts_of(columns, heads, count)
  local parts, share = {}, math.ceil((columns - heads) / count)
  for first = heads + 1, columns, share do
    local part = {}
    for number = 1, heads do part[number] = number end
    for number = first, math.min(first + share - 1, columns) do part[#part + 1] = number end
    parts[#parts + 1] = part
  end
  return parts
end

-- Returns the layouts of a table too wide for a page, in as few landscape parts as possible.
local function layout_in_parts(tables)
  local columns = #tables[1].colspecs
  local body = tables[1].bodies[1]
  local heads = math.min(math.max(body and body.row_head_columns or 0, 1), columns - 1)
  for count = 2, columns - heads do
    local set, parts = pandoc.List({}), parts_of(columns, heads, count)
    for _, part in ipairs(parts) do
      local narrow = pandoc.List(tables):map(function(tbl) return with_columns(tbl, part) end)
      local known, rows = columns_of(narrow)
      for _, size in ipairs({ 8, 7, 6.5 }) do
        local try = turned(size, 0)
        local widths, lines = shared(known, rows, try)
        if widths then
          set:insert({ try = try, widths = widths, lines = lines, columns = part })
          break
        end
      end
    end
    if #set == #parts then return set end
  end
  error("a table is too wide for a page: " .. pandoc.utils.stringify(tables[1].caption.long), 0)
end

-- Returns the layout of a table, or of tables with equal heads: one, or one per part of its columns.
local function layouts(tables, is_close)
  local try, widths, lines = layout_whole(tables, is_close)
  if try then
    return { { try = try, widths = widths, lines = lines } }
  end
  return layout_in_parts(tables)
end

here.each_row, here.rows_of, here.of = each_row, rows_of, columns_of
here.layouts, here.with_columns = layouts, with_columns
here.SHORT, here.LONGEST = SHORT, LONGEST
return here
