-- How wide the columns of a table are on paper, and in which type it is set: so wide that no word
-- is cut, and so shared that the table is least high.

local here = { hyphenates = false } -- whether Typst can break the language's words

-- The rows of the head, the rows that head a block of rows, and all others, in order.
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

-- About how wide Fira Sans sets a letter, in em.
local WIDTHS = {}
for _, group in ipairs({
  { 0.24, ".,:;'" }, { 0.28, " ijlıIİ" }, { 0.32, "fJ()[]" }, { 0.36, "t" }, { 0.4, "r-“”" },
  { 0.48, "cçsşvxyzFL" }, { 0.52, "gğkETZ–/" }, { 0.6, "bdhnoöpquüBKPR" },
  { 0.64, "DGĞƏ" }, { 0.68, "HNOÖQUÜ" }, { 0.72, "w&…жюы" }, { 0.84, "mMW%шщф" },
}) do
  for _, code in utf8.codes(group[2]) do WIDTHS[code] = group[1] end
end
local SEMIBOLD = 1.01 -- wider than regular

local function ems(text)
  local width = 0
  for _, code in utf8.codes(text) do
    width = width + (WIDTHS[code] or 0.56)
  end
  return width
end

local UPRIGHT, TURNED = 470, 717 -- points: across A4, across A4 turned
local LIGHT = 1.3 -- em: a status's shape
local LONGEST = 40 -- letters of a word; longer ones may break anywhere

-- The widths of what may not be broken, in em: words, or a whole number.
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

local SLACK = 0.15 -- em: what a reckoned width may be wrong by
local SPACE, STEP = 0.28, 0.25 -- em: between words; the grain of a width

local function line_of(pieces)
  local width = 0
  for _, piece in ipairs(pieces) do width = width + piece + SPACE end
  return width - SPACE
end

-- In how many lines a cell is set that is `width` wide; what is wider itself is hyphenated.
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

-- What is known of each column of a table, or of several of one head: its cells' pieces row by
-- row, the widths of its longest piece and cell, and of those below the head.
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
      if number > 1 and kind == "head" then return row end -- is that of the first
      rows = rows + 1
      for number, cell in ipairs(row.cells) do
        if columns[number] and cell.col_span == 1 then add(columns[number], cell, kind) end
      end
    end)
  end
  return columns, rows
end

-- Lines of each row of a column that is `width` wide; reckoned once a width.
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

-- How high a table is, in lines. A row is as high as its highest cell; of the others a little
-- counts as well, so that what narrows two columns at once is worth the first step.
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

local STRIDES = { 1, 2, 4, 8, 16, 32, 64, 128 } -- steps that a column may take at once

-- The widths of the columns, from `least` on, at which the table is least high: the room goes step
-- by step to where it saves most lines, then from column to column as long as that saves any.
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

-- The column of the longest text.
local function longest_of(columns)
  local longest, most = 1, 0
  for number, column in ipairs(columns) do
    if not column.is_number and column.below > most then
      longest, most = number, column.below
    end
  end
  return longest
end

local HYPHEN = 0.62 -- of a long word, what stands before its hyphen at most
local LONG_WORD = 5 -- em

-- How narrow a column may be: no number and no word is cut, and a longer text is not squeezed into
-- less than `comfort`. In a dense table heads are set smaller.
local function narrowest(column, try)
  local head = column.heads
  if try.dense then
    head = head * (try.hyphenated and here.hyphenates and head > LONG_WORD and HYPHEN or 1) * 0.9
  end
  local least = math.max(head, column.words, math.min(column.below, try.comfort)) + SLACK
  return math.ceil(least / STEP) * STEP
end

-- The widths of the columns as Typst writes them, if there is room for them. What nobody needs
-- goes to the column of the longest text.
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

local SHORT = 14 -- rows; such a table stays in one piece, a longer one is set smaller

local function upright(size, comfort)
  return { size = size, across = UPRIGHT, comfort = comfort, gap = size > 8 and 12 or 9 }
end

local function turned(size, comfort)
  return { size = size, across = TURNED, comfort = comfort, gap = 12, turned = true }
end

-- Many columns: heads are set smaller and, if they must be, their long words are hyphenated.
local function dense(size, hyphenated)
  return {
    size = size, across = UPRIGHT, comfort = 6, gap = 5.5, dense = true, hyphenated = hyphenated,
  }
end

-- What is tried in turn: the largest type first, and upright before turned round.
local FIRST = { upright(9, 9), upright(8.5, 8.5) }
local THEN = {
  upright(8, 8), upright(7.5, 7.5), dense(7.5), dense(7), dense(7.5, true),
  turned(9, 9), turned(8, 0), turned(7, 0), turned(6.5, 0),
}

local WORTH = 0.9 -- a table is set a step smaller if that saves a tenth of its lines

-- The largest type in which no word is cut and few cells are narrow, the columns' widths and how
-- many lines the table has; nil where no type is small enough.
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

-- A copy of the table with some of its columns. Cells that span columns span all that are left.
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

-- The numbers of the columns in each of `count` parts: first those that head the rows, then an
-- equal share of the others.
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

-- The layouts of a table that is too wide for a page, in as few parts as fit; all lie across.
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

-- How a table is set, or several of one head: one layout, or one for each part of its columns.
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
