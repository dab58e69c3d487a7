-- Markdown with figures and tables beside it -> accessible HTML or Typst.
-- What a reader could stumble over (a picture without text, a link to nowhere) is an error here.

local is_typst = FORMAT:match("typst") ~= nil

local function raw(text)
  return pandoc.RawBlock(is_typst and "typst" or "html", text)
end

local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

local function content(name)
  if not (name or ""):match("^%l+%-%d+%.%l+$") then
    error("a figure or table lies beside the text, not at " .. tostring(name), 0)
  end
  local file = assert(io.open(name, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

-- Figures and tables ----------------------------------------------------------------------------

local TALLEST = 175 / 166 -- leaves room on an A4 page for its heading and caption

local function figure(div)
  local file, alt = div.attributes.file, div.attributes.alt
  local name = pandoc.utils.stringify(div.content)
  if is_typst then
    local width, height = content(file):match('viewBox="%S+ %S+ (%S+) ([%d.]+)"')
    local is_tall = width and tonumber(height) / tonumber(width) > TALLEST
    local text = ("#figure(image(%s, alt: %s, %s), caption: %s)"):format(
      quoted(file), quoted(alt), is_tall and "height: 175mm" or "width: 100%",
      name ~= "" and quoted(name) or "none")
    return pandoc.Div({ raw(text) }, pandoc.Attr("", { "umid-set" }))
  end
  local frame
  if div.attributes.narrow then
    -- drawn for both: the stylesheet shows the one that fits the screen
    frame = pandoc.Div({
      pandoc.Div({ raw(content(file)) }, pandoc.Attr("", { "broad" })),
      pandoc.Div({ raw(content(div.attributes.narrow)) }, pandoc.Attr("", { "narrow" })),
    }, pandoc.Attr("", { "card" }))
  else
    -- the drawing may be wider than a phone: its frame scrolls, also by keyboard
    frame = pandoc.Div({ raw(content(file)) }, pandoc.Attr("", { "card", "scrolls" },
      { { "tabindex", "0" }, { "role", "group" }, { "aria-label", name } }))
  end
  return pandoc.Figure({ frame }, { long = div.content })
end

-- The table of an output; what else stands there is a note under it.
local function table_with_notes(div)
  local notes, blocks = pandoc.Blocks({}), pandoc.Blocks({})
  for _, block in ipairs(pandoc.read(content(div.attributes.file), "html").blocks) do
    if block.t == "Table" and div.attributes.wide then
      block.classes:insert("wide")
    end
    (block.t == "Table" and blocks or notes):insert(block)
  end
  if #notes > 0 then
    blocks:insert(pandoc.Div(notes, pandoc.Attr("", { "note" })))
  end
  return pandoc.Div(blocks, pandoc.Attr("", { "umid-set" }))
end

local outputs = {
  Div = function(div)
    if div.classes:includes("umid-figure") then
      return figure(div)
    elseif div.classes:includes("umid-table") then
      return table_with_notes(div)
    end
  end,
}

local function rows_of(tbl)
  local rows = pandoc.List({})
  rows:extend(tbl.head.rows)
  for _, body in ipairs(tbl.bodies) do
    rows:extend(body.body)
  end
  return rows
end

-- A status is drawn before its word; a web page does it by its stylesheet.
local function lit(cell)
  local shape = pandoc.RawInline("typst", ("#light(%s);"):format(quoted(cell.classes[#cell.classes])))
  cell.contents[1].content:insert(1, shape)
end

-- Numbers to the right, headers that say what they head.
local function dressed(tbl)
  local function dress(row, is_head, heads)
    for column, cell in ipairs(row.cells) do
      if cell.classes:includes("num") then
        cell.alignment = "AlignRight"
      end
      if is_typst and cell.classes:includes("light") then
        lit(cell)
      end
      if is_head or column <= heads then
        cell.attributes.scope = cell.attributes.scope or (is_head and "col" or "row")
      end
    end
    return row
  end
  tbl.head.rows = tbl.head.rows:map(function(row) return dress(row, true, 0) end)
  for _, body in ipairs(tbl.bodies) do
    local heads = body.row_head_columns
    body.body = body.body:map(function(row) return dress(row, false, heads) end)
  end
  return tbl
end

local GAP, UPRIGHT, TURNED = 12, 470, 717 -- points: between columns, across A4, across A4 turned
local LIGHT = 1.3 -- em: a status's shape
local LONGEST = 40 -- letters of a word; longer ones may break anywhere

-- About how wide Fira Sans sets a text, in em.
local function ems(text)
  local width = 0
  for _, code in utf8.codes(text) do
    local letter = utf8.char(code)
    local is_narrow = letter:find("^[%s%.,:;'|()%[%]ijlt]$") or letter == "ı"
    width = width + (is_narrow and 0.33 or letter:find("^[%umw%%]$") and 0.72 or 0.57)
  end
  return width
end

-- Per column the width of what cannot be broken, and the one at which long texts take two lines.
local function widths_of(tbl)
  local least, wanted = {}, {}
  for column = 1, #tbl.colspecs do
    least[column], wanted[column] = 1, 1
  end
  for number, row in ipairs(rows_of(tbl)) do
    local is_head = number <= #tbl.head.rows
    for column, cell in ipairs(row.cells) do
      if cell.col_span == 1 and least[column] then
        local text = pandoc.utils.stringify(cell.contents)
        local is_light = cell.classes:includes("light")
        local whole = cell.alignment == "AlignRight" and not is_head or is_light
        for word in text:gmatch(whole and "..*" or "%S+") do
          local width = ems(word) + (is_light and LIGHT or 0)
          least[column] = math.max(least[column], math.min(width, LONGEST * 0.57))
        end
        local width = math.min(ems(text), 60)
        wanted[column] = math.max(wanted[column], math.min(width, math.max(16, 0.6 * width)))
      end
    end
  end
  for column = 1, #least do
    wanted[column] = math.max(wanted[column], least[column])
  end
  return least, wanted
end

-- What each column gets of `room` beyond its least: small wishes come true before large ones.
local function granted(wishes, room)
  local order, given = {}, {}
  for column = 1, #wishes do order[column] = column end
  table.sort(order, function(a, b)
    return wishes[a] < wishes[b] or wishes[a] == wishes[b] and a < b
  end)
  for place, column in ipairs(order) do
    given[column] = math.min(wishes[column], room / (#order - place + 1))
    room = room - given[column]
  end
  return given, room
end

-- The widths of the columns as Typst writes them, if at least `share` of the wishes come true.
-- What is left over goes to the column of the longest text.
local function shared(least, wanted, size, across, share, wide)
  local room, wishes, all = across - #least * GAP, {}, 0
  for column = 1, #least do
    room = room - least[column] * size
    wishes[column] = (wanted[column] - least[column]) * size
    all = all + wishes[column]
  end
  if room < share * all then
    return nil
  end
  local given, rest = granted(wishes, room)
  given[wide] = given[wide] + rest
  local columns = {}
  for column = 1, #least do
    columns[column] = ("%.1ffr"):format(GAP + least[column] * size + given[column])
  end
  return "(" .. table.concat(columns, ", ") .. ",)"
end

local SHORT = 14 -- rows; such a table stays in one piece, a longer one is set smaller

-- Size of type, width, and the share of wishes that must come true.
local UPRIGHT_FIRST = {
  { 9, UPRIGHT, 0.7 }, { 8.5, UPRIGHT, 0.7 }, { 8, UPRIGHT, 0.5 }, { 7.5, UPRIGHT, 0.3 },
  { 9, TURNED, 0.5 }, { 8, TURNED, 0 }, { 7, TURNED, 0 }, { 6.5, TURNED, 0 },
}
local LONG = { { 8, UPRIGHT, 0.5 }, { 7.5, UPRIGHT, 0.3 } }
local ACROSS = { { 7.5, TURNED, 0.3 }, { 7, TURNED, 0 }, { 6.5, TURNED, 0 } }

-- The column of the longest text.
local function longest_of(tbl)
  local longest, most = 1, 0
  for number, row in ipairs(rows_of(tbl)) do
    for column, cell in ipairs(row.cells) do
      local width = ems(pandoc.utils.stringify(cell.contents))
      if number > #tbl.head.rows and cell.alignment ~= "AlignRight" and width > most then
        longest, most = column, width
      end
    end
  end
  return longest
end

-- The largest type in which no word is cut and few cells are narrow: upright, else turned round;
-- a wide table stands on a page that is turned already.
local function layout(tbl)
  local least, wanted = widths_of(tbl)
  local wide = longest_of(tbl)
  local is_wide = tbl.classes:includes("wide")
  local tries = pandoc.List(#rows_of(tbl) > SHORT and LONG or {})
  tries:extend(UPRIGHT_FIRST)
  for _, try in ipairs(is_wide and ACROSS or tries) do
    local size, across, share = table.unpack(try)
    local columns = shared(least, wanted, size, across, share, wide)
    if columns then
      return size, across == TURNED and not is_wide, columns
    end
  end
  error("a table is too wide for a page: " .. pandoc.utils.stringify(tbl.caption.long), 0)
end

local function replaced(text, pattern, replacement)
  local result, count = text:gsub(pattern, function() return replacement end, 1)
  if count ~= 1 then
    error("pandoc writes tables for Typst differently than report.lua expects", 0)
  end
  return result
end

local function typst_table(tbl)
  local size, is_turned, widths = layout(tbl)
  local text = pandoc.write(pandoc.Pandoc({ tbl }), { format = "typst", extensions = {} })
  text = replaced(text, "align%(center%)%[#table", "[#table")
  text = replaced(text, "columns: [^\n]+", "columns: " .. widths .. ",")
  local is_wide = tostring(tbl.classes:includes("wide"))
  local is_short = tostring(#rows_of(tbl) <= SHORT)
  text = ("#fitted(%.1fpt, %d, whole: %s, tight: %s)[\n%s\n]"):format(
    size, #tbl.colspecs, is_short, is_wide, text)
  local classes = is_turned and { "umid-set", "turned" } or { "umid-set" }
  if #rows_of(tbl) <= SHORT then
    classes[#classes + 1] = "short"
  end
  return pandoc.Div({ raw(text) }, pandoc.Attr("", classes))
end

local TURNED_PAGE = "#page(flipped: true)["

-- A table with its notes close under it; together on a page of their own if the table is turned.
local function typst_set(div)
  local first = div.content[1]
  if #div.content > 1 then
    local is_short = tostring(first.t == "Div" and first.classes:includes("short"))
    div.content:insert(1, raw(("#noted(%s)["):format(is_short)))
    div.content:insert(raw("]"))
  end
  if first and first.t == "Div" and first.classes:includes("turned") then
    div.content:insert(1, raw(TURNED_PAGE))
    div.content:insert(raw("]"))
  end
  return div
end

local WORDY = 32 -- em; a cell of such a text is read in lines, and needs room for some words

-- Marks the cells of columns with long texts, which a narrow screen would squeeze.
local function marked(tbl)
  local wordy = {}
  local function each(visit)
    for _, body in ipairs(tbl.bodies) do
      body.body = body.body:map(function(row)
        for column, cell in ipairs(row.cells) do visit(column, cell) end
        return row
      end)
    end
  end
  each(function(column, cell)
    wordy[column] = wordy[column] or ems(pandoc.utils.stringify(cell.contents)) > WORDY
  end)
  each(function(column, cell)
    if wordy[column] and cell.alignment ~= "AlignRight" then cell.classes:insert("wordy") end
  end)
  return tbl
end

local labels = {}

-- Regions of a page need names of their own: the second table of a name gets a number.
local function html_table(tbl)
  local label = pandoc.utils.stringify(tbl.caption.long)
  labels[label] = (labels[label] or 0) + 1
  if labels[label] > 1 then
    label = label .. " (" .. labels[label] .. ")"
  end
  -- a list, since the order of a Lua table's keys differs from run to run
  local attributes = { { "tabindex", "0" } }
  if label ~= "" then
    attributes = { { "tabindex", "0" }, { "role", "region" }, { "aria-label", label } }
  end
  return pandoc.Div({ tbl }, pandoc.Attr("", { "table" }, attributes))
end

-- Boxes -----------------------------------------------------------------------------------------

-- A part that a page folds and paper sets in full; a wide one goes across paper turned round.
local function annex(div)
  if is_typst then
    local is_wide = div.classes:includes("wide")
    div.content:insert(1, raw(is_wide and "#page(flipped: true)[" or "#annex["))
    div.content:insert(1, raw(("#metadata(none)<%s>"):format(div.identifier)))
    div.content:insert(raw("]"))
    return div.content
  end
  local blocks = pandoc.Blocks({
    raw(('<details class="annex" id="%s"><summary>'):format(div.identifier)),
    pandoc.Plain({ pandoc.Str(div.attributes.title) }), raw("</summary>"),
  })
  blocks:extend(div.content)
  blocks:insert(raw("</details>"))
  return blocks
end

local function box(div)
  if div.classes:includes("umid-set") then
    return is_typst and typst_set(div) or div.content
  end
  if div.classes:includes("annex") then
    return annex(div)
  end
  if div.classes:includes("new-page") then
    return is_typst and raw("#pagebreak(weak: true)") or {}
  end
  local kind = div.classes:find_if(function(class)
    return class == "finding" or class == "limits" or class == "technical" or class == "note"
  end)
  if not kind then
    return nil
  end
  local title = div.attributes.title
  div.attributes.title = nil
  -- the line before a closing fence is no paragraph to pandoc
  div.content = div.content:map(function(block)
    return block.t == "Plain" and pandoc.Para(block.content) or block
  end)
  if kind == "technical" and not title then
    error("a technical box needs a title", 0)
  end
  local head = title and pandoc.Para({ pandoc.Strong({ pandoc.Str(title) }) })
  if is_typst then
    local blocks = pandoc.Blocks({ raw("#" .. kind .. "[") })
    blocks:extend(head and { head } or {})
    blocks:extend(div.content)
    blocks:insert(raw("]"))
    return blocks
  elseif kind == "technical" then
    local blocks = pandoc.Blocks({
      raw('<details class="technical"><summary>'), pandoc.Plain({ pandoc.Str(title) }),
      raw("</summary>"),
    })
    blocks:extend(div.content)
    blocks:insert(raw("</details>"))
    return blocks
  elseif head then
    div.content:insert(1, head)
  end
  return div
end

-- Links, formulas, pictures -----------------------------------------------------------------------

local function link(element)
  local target = element.target
  local is_outside = target:match("^https?://") or target:match("^mailto:")
  local is_beside = not target:match("^%a[%w+.-]*:") and not target:match("^/")
  if is_outside or target:match("^#") or (is_beside and not is_typst) then
    return element
  end
  return element.content -- paper, and a PDF sent alone, have no neighbours
end

-- Signs that Typst would read together as another sign (--, ---, ..., -?, -5).
local function is_shorthand(before, after)
  return before == "-" and after:match("[-?%d]") or before == "." and after == "."
end

-- A word as it is: kept apart where Typst would read other signs, and an endless one breakable.
local function literal(str)
  local pieces, piece = pandoc.Inlines({}), {}
  local is_endless = (utf8.len(str.text) or 0) > LONGEST
  local function finish(between)
    pieces:insert(pandoc.Str(table.concat(piece)))
    pieces:insert(pandoc.RawInline("typst", between))
    piece = {}
  end
  for _, code in utf8.codes(str.text) do
    local letter = utf8.char(code)
    if #piece > 0 and is_shorthand(piece[#piece], letter) then
      finish("#{};")
    elseif is_endless and #piece == 20 then
      finish("#box();")
    end
    piece[#piece + 1] = letter
  end
  if #pieces == 0 then
    return nil
  end
  pieces:insert(pandoc.Str(table.concat(piece)))
  return pieces
end

local SOURCE = "#source["

-- Words of another language say so to a screen reader; HTML does that by itself.
local function foreign(span)
  if span.classes:includes("source") then
    span.content:insert(1, pandoc.RawInline("typst", SOURCE))
    span.content:insert(pandoc.RawInline("typst", "];"))
    return span.content
  end
  local language = (span.attributes.lang or ""):match("^%l%l%l?$")
  if not language then
    return nil
  end
  local inlines = pandoc.Inlines({ pandoc.RawInline("typst", ('#text(lang: "%s")['):format(language)) })
  inlines:extend(span.content)
  inlines:insert(pandoc.RawInline("typst", "];"))
  return inlines
end

-- The files of a table's rows lie beside a page, and not in a PDF.
local function without_frames(inlines)
  local kept = pandoc.Inlines({})
  for _, inline in ipairs(inlines) do
    if inline.t ~= "Span" or not inline.classes:includes("frame") then
      kept:insert(inline)
    elseif #kept > 0 and kept[#kept].t == "Space" then
      kept:remove(#kept)
    end
  end
  return kept
end

-- A number and its percent sign stay on one line.
local function kept_together(inlines)
  if is_typst then
    inlines = without_frames(inlines)
  end
  for place = 2, #inlines - 1 do
    local before, after = inlines[place - 1], inlines[place + 1]
    if inlines[place].t == "Space" and before.t == "Str" and before.text:match("%d$")
      and after.t == "Str" and after.text:match("^%%") then
      inlines[place] = pandoc.Str("\u{a0}")
    end
  end
  return inlines
end

-- PDF/UA wants every formula in words; its TeX is what a screen reader can spell.
local function formula(element)
  local text = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ element }) }), "typst")
  text = text:gsub("%s+$", "")
  local is_block = tostring(element.mathtype == "DisplayMath")
  return pandoc.RawInline("typst", ("#math.equation(block: %s, alt: %s, %s.body)"):format(
    is_block, quoted(element.text), text))
end

local elements = {
  Table = function(tbl)
    tbl = dressed(tbl)
    return is_typst and typst_table(tbl) or html_table(marked(tbl))
  end,
  Div = box,
  Link = link,
  Span = is_typst and foreign or nil,
  Inlines = kept_together,
  Image = function(image)
    error("a picture must be a figure of a cell, with an alternative text: " .. image.src, 0)
  end,
  Math = is_typst and formula or nil,
  Str = is_typst and literal or nil,
}

-- Headings ----------------------------------------------------------------------------------------

-- A notebook opens with its title, which the record tells in the report's language.
local function without_title(blocks)
  local tops = blocks:filter(function(block) return block.t == "Header" and block.level == 1 end)
  if #tops == 1 and blocks[1].t == "Header" and blocks[1].level == 1 then
    blocks:remove(1)
  end
  return blocks
end

-- The highest heading becomes `first`, and none is more than one level below the one before.
local function levelled(blocks, first)
  local highest = 9
  blocks:walk({ Header = function(header) highest = math.min(highest, header.level) end })
  local before, count = first - 1, 0
  blocks = blocks:walk({
    Header = function(header)
      header.level = math.min(header.level - highest + first, before + 1)
      before, count = header.level, count + 1
      return header
    end,
  })
  return blocks, count
end

-- The limits of an interval stay on one line.
local function unbroken(str)
  if not (str.text:match("%d–%d") or str.text:match("%d…[%d+−]")) then
    return nil
  elseif is_typst then
    return { pandoc.RawInline("typst", "#box["), str, pandoc.RawInline("typst", "];") }
  end
  return pandoc.Span({ str }, pandoc.Attr("", { "whole" }))
end

local function refuse_dead_links(blocks)
  local known = {}
  local function remember(element)
    known[element.identifier or ""] = true
  end
  blocks:walk({ Header = remember, Div = remember, Span = remember })
  blocks:walk({
    Link = function(element)
      local id = element.target:match("^#(.*)")
      if id and not known[id] then
        error("a link leads to no heading: #" .. id, 0)
      end
    end,
  })
end

-- The tables of a wide part are set across pages turned round, which on paper its heading opens.
local function widened(blocks)
  local flow = pandoc.Blocks({})
  for _, block in ipairs(blocks) do
    if block.t == "Div" and block.classes:includes("wide") then
      block = block:walk({
        Div = function(div)
          if div.classes:includes("umid-table") then
            div.attributes.wide = "yes"
          end
          return div
        end,
      })
      while is_typst and #flow > 0 and (flow[#flow].t == "Para" or flow[#flow].t == "Header") do
        local lead = flow:remove(#flow)
        block.content:insert(1, lead)
        if lead.t == "Header" then break end
      end
    end
    flow:insert(block)
  end
  return flow
end

local structure = {
  Pandoc = function(doc)
    local count
    doc.blocks, count = levelled(without_title(doc.blocks), is_typst and 1 or 2)
    doc.blocks = doc.blocks:walk({ Str = unbroken })
    refuse_dead_links(doc.blocks)
    doc.blocks = widened(doc.blocks)
    doc.meta.contents = count > (is_typst and 6 or 2)
    return doc
  end,
}

-- What leads in to a figure or table stays on its page, and so does the heading before it; the
-- sentence that says why to read on stays with what it speaks of.
local function leads_in(before, block, following)
  local is_short = block.t == "Para" and #pandoc.utils.stringify(block) < 400
  local is_set = following and following.t == "Div" and following.classes:includes("umid-set")
  local is_why = before and before.t == "Header" and before.level < 3
  return is_short and (is_set or is_why and following and following.t ~= "Header")
end

local function is_source(block)
  local first = block and block.t == "Para" and block.content[1]
  return first and first.t == "RawInline" and first.text == SOURCE
end

-- A source ends the paragraph before it, or stays under its figure or table.
local function sourced(blocks)
  local flow = pandoc.Blocks({})
  for _, block in ipairs(blocks) do
    local before = is_source(block) and flow[#flow]
    if before and before.t == "Para" then
      before.content:insert(pandoc.RawInline("typst", "#linebreak();"))
      before.content:extend(block.content)
    elseif before and before.t == "Div" and before.classes:includes("umid-set") then
      local first = before.content[1]
      if first.t == "RawBlock" and first.text == TURNED_PAGE then
        before.content:insert(#before.content, block)
      else
        before.content:insert(1, raw("#noted(true)["))
        before.content:extend({ block, raw("]") })
      end
    else
      flow:insert(block)
    end
  end
  return flow
end

local typst_flow = {
  Pandoc = function(doc)
    local flow = pandoc.Blocks({})
    doc.blocks = sourced(doc.blocks)
    for number, block in ipairs(doc.blocks) do
      if leads_in(doc.blocks[number - 1], block, doc.blocks[number + 1]) then
        flow:extend({ raw("#lead-in["), block, raw("]") })
      else
        flow:insert(block)
      end
    end
    -- to pandoc a division is a block of Typst, in which no page can be turned
    doc.blocks = flow:walk({
      Div = function(div)
        return div.classes:includes("umid-set") and div.content or nil
      end,
    })
    return doc
  end,
}

return { structure, outputs, elements, is_typst and typst_flow or {} }
