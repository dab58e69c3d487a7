-- Markdown with figures and tables beside it -> accessible HTML or Typst.
-- What a reader could stumble over (a picture without text, a link to nowhere) is an error here.

local is_typst = FORMAT:match("typst") ~= nil
local columns = dofile(PANDOC_SCRIPT_FILE:gsub("[^/\\]*$", "") .. "columns.lua")
local each_row, rows_of = columns.each_row, columns.rows_of

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
    (block.t == "Table" and blocks or notes):insert(block)
  end
  if #notes > 0 then
    blocks:insert(pandoc.Div(notes, pandoc.Attr("", { "note" })))
  end
  return pandoc.Div(blocks, pandoc.Attr("", { "umid-set" }))
end

local alike = {} -- heads -> the tables of a close part that have them, whose columns are as wide

-- The heads of a table's columns, to know those of another again.
local function heads_of(tbl)
  local heads = {}
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do
      heads[#heads + 1] = pandoc.utils.stringify(cell.contents)
    end
  end
  return table.concat(heads, "|")
end

local LABEL = "#metadata(none)#label("

-- What heads the rows of a table that stands among others: its caption, its notes, its name.
local function as_block(set)
  local tbl = set.content[1]
  local words = pandoc.utils.blocks_to_inlines(tbl.caption.long)
  for number = 2, #set.content do
    words:insert(pandoc.Space())
    words:insert(pandoc.RawInline("typst", "#aside["))
    words:extend(pandoc.utils.blocks_to_inlines(set.content[number].content))
    words:insert(pandoc.RawInline("typst", "];"))
  end
  if tbl.identifier ~= "" then
    local name = LABEL .. ("%s);"):format(quoted(tbl.identifier))
    words:insert(1, pandoc.RawInline("typst", name))
  end
  local across = pandoc.Cell({ pandoc.Plain(words) }, "AlignDefault", 1, #tbl.colspecs)
  local body = tbl.bodies[1]
  body.head = pandoc.List({ pandoc.Row({ across }) })
  return body
end

-- Tables of one head that follow each other -> one, in which each is a block under its caption.
local function joined(sets, caption)
  if #sets == 1 then
    return sets[1]
  end
  local tbl = sets[1].content[1]:clone()
  tbl.identifier = ""
  tbl.caption.long = { pandoc.Plain({ pandoc.Str(caption) }) }
  tbl.bodies = pandoc.List(sets):map(as_block)
  tbl.classes:insert("joined")
  return pandoc.Div({ tbl }, pandoc.Attr("", { "umid-set" }))
end

-- Tables that are read as one: of a head they have the same columns, and where the part has a
-- caption for them, paper says the head only once a page.
local function close(div)
  local flow, run, before = pandoc.Blocks({}), {}, nil
  local function finish()
    if #run > 0 then flow:insert(joined(run, div.attributes.caption)) end
    run = {}
  end
  for _, block in ipairs(div.content) do
    local tbl = block.t == "Div" and block.content[1]
    local heads = tbl and tbl.t == "Table" and heads_of(tbl)
    if heads then
      alike[heads] = alike[heads] or {}
      table.insert(alike[heads], tbl)
    end
    if heads ~= before then finish() end
    before = heads
    if heads and is_typst and div.attributes.caption then
      run[#run + 1] = block
    else
      finish()
      flow:insert(block)
    end
  end
  finish()
  div.content = flow
  return div
end

local outputs = {
  Div = function(div)
    if div.classes:includes("umid-figure") then
      return figure(div)
    elseif div.classes:includes("umid-table") then
      return table_with_notes(div)
    elseif div.classes:includes("close") then
      return close(div)
    end
  end,
}

-- A status is drawn before its word; a web page does it by its stylesheet.
local function lit(cell)
  local shape = pandoc.RawInline("typst", ("#light(%s);"):format(quoted(cell.classes[#cell.classes])))
  cell.contents[1].content:insert(1, shape)
end

local BLOCK, BLOCK_END = "#block-head[", "];"

-- The words that head a block: on a page they stay in sight in their cell, which spans the table.
local function block_head(cell)
  local words = cell.contents[1].content
  if is_typst then
    words:insert(1, pandoc.RawInline("typst", BLOCK))
    words:insert(pandoc.RawInline("typst", BLOCK_END))
  else
    cell.contents[1].content = { pandoc.Span(words, pandoc.Attr("", { "block" })) }
  end
end

-- Numbers to the right, headers that say what they head.
local function dressed(tbl)
  local heads = tbl.bodies[1] and tbl.bodies[1].row_head_columns or 0
  each_row(tbl, function(row, kind)
    for column, cell in ipairs(row.cells) do
      if cell.classes:includes("num") then
        cell.alignment = "AlignRight"
      end
      if is_typst and cell.classes:includes("light") then
        lit(cell)
      end
      if kind ~= "body" or column <= heads then
        cell.attributes.scope = cell.attributes.scope or (kind == "head" and "col" or "row")
      end
      if kind == "block" then
        block_head(cell)
      end
    end
    return row
  end)
  return tbl
end

local function replaced(text, pattern, replacement)
  local result, count = text:gsub(pattern, function() return replacement end, 1)
  if count ~= 1 then
    error("pandoc writes tables for Typst differently than report.lua expects", 0)
  end
  return result
end

-- The row that heads a block is a header of its own level, which a new page repeats.
local function with_block_heads(text, tbl)
  local cell = "(table%.cell%(colspan: %d+%)%[#block%-head%[[^\n]*%];%])"
  local result, count = text:gsub(cell .. ",\n%s*table%.hline%(%),", "table.header(level: 2, %1),")
  if count ~= #tbl.bodies:filter(function(body) return #body.head > 0 end) then
    error("pandoc writes blocks of tables for Typst differently than report.lua expects", 0)
  end
  return result
end

-- The call of Typst's table -> one that fills pages with whole blocks under one head each.
local function packed(text)
  local before, head, rows, after = text:match(
    "^(.-)#table%(\n(.-table%.hline%(%),\n)(.*)\n  %)%](.*)$")
  if not before then
    error("pandoc writes tables for Typst differently than report.lua expects", 0)
  end
  local options, cells = head:match("^(.-)    (table%.header.*)$")
  local blocks = rows:gsub("    (table%.header%(level: 2,)", "), (\n    %1"):gsub("^%), ", "") .. ")"
  local caption = after:match("caption: (%b[])")
  return ("#packed((%s), (%s), %s,\n%s)"):format(options, cells, caption, blocks)
end

local OF_A_PAGE = 560 -- points; no higher is a table in blocks that stays in one piece

-- A table, or one part of its columns, in Typst.
local function typst_part(tbl, layout, is_close)
  local try, rows = layout.try, rows_of(tbl)
  local text = pandoc.write(
    pandoc.Pandoc({ tbl }), { format = "typst", extensions = {} }, { wrap_text = "wrap-none" })
  text = replaced(text, "align%(center%)%[#table", "[#table")
  text = replaced(text, "columns: [^\n]+", "columns: " .. layout.widths .. ",")
  text = with_block_heads(text, tbl)
  local is_joined = tbl.classes:includes("joined")
  if is_joined then
    text = packed(text)
  end
  -- with 4.5 points around each row
  local height = rows * (9 - 0.5 * try.size) + layout.lines * 1.2 * try.size
  local is_whole = rows <= columns.SHORT or #tbl.bodies > 1 and height <= OF_A_PAGE
  local start = not is_whole and not is_joined and "#start-of-table\n" or ""
  local options = ("%.1fpt, %d, gap: %.1fpt, whole: %s, tight: %s, dense: %s, hyphenated: %s"):format(
    try.size, #tbl.colspecs, try.gap, is_whole, is_close, try.dense or false, try.hyphenated or false)
  local classes = try.turned and { "umid-set", "turned" } or { "umid-set" }
  if is_whole and not layout.columns then
    classes[#classes + 1] = "short"
  end
  return pandoc.Div(
    { raw(start .. "#fitted(" .. options .. ")[\n" .. text .. "\n]") }, pandoc.Attr("", classes))
end

-- The table with the columns of one part. Its caption counts the parts; the first keeps the labels.
local function part_of(tbl, layout, number, count)
  tbl = columns.with_columns(tbl, layout.columns)
  local words = pandoc.utils.blocks_to_inlines(tbl.caption.long)
  words:extend({ pandoc.Space(), pandoc.Str(("(%d/%d)"):format(number, count)) })
  tbl.caption.long = { pandoc.Plain(words) }
  if number == 1 then
    return tbl
  end
  tbl.identifier = ""
  return tbl:walk({
    RawInline = function(inline)
      return inline.text:sub(1, #LABEL) == LABEL and {} or nil
    end,
  })
end

-- The table in one piece, or in parts that each repeat the columns that head the rows.
local function typst_table(tbl)
  local same = alike[heads_of(tbl)]
  if same and not same.layouts then
    same.layouts = columns.layouts(same, true)
  end
  local layouts = same and same.layouts or columns.layouts({ tbl })
  if #layouts == 1 then
    return typst_part(tbl, layouts[1], same ~= nil)
  end
  local blocks = pandoc.Blocks({})
  for number, layout in ipairs(layouts) do
    blocks:insert(typst_part(part_of(tbl, layout, number, #layouts), layout, same ~= nil))
  end
  return blocks
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

-- Texts and heads of so many em are read in lines, which a narrow screen must leave some room.
local KINDS = { { 80, "prose" }, { 22, "wordy" }, { 11, "phrase" } }
local LONG_HEAD = 8 -- em

-- Marks at their first cell the columns that a narrow screen would squeeze to a word a line.
local function marked(tbl)
  local known, is_marked = columns.of({ tbl }), {}
  local function kind_of(column)
    for _, kind in ipairs(KINDS) do
      if column.below > kind[1] and not column.is_number then return kind[2] end
    end
    return column.whole > LONG_HEAD and not column.is_number and "phrase"
      or column.head > LONG_HEAD and "head"
  end
  each_row(tbl, function(row)
    for number, cell in ipairs(row.cells) do
      local kind = known[number] and cell.col_span == 1 and not is_marked[number]
      if kind then
        is_marked[number] = true
        kind = kind_of(known[number])
        if kind then cell.classes:insert(kind) end
      end
    end
    return row
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

-- A part that a page folds and paper sets in full.
local function annex(div)
  if is_typst then
    div.content:insert(1, raw("#annex["))
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
  if div.classes:includes("close") then
    return div.content
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
  local is_endless = (utf8.len(str.text) or 0) > columns.LONGEST
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

local structure = {
  Pandoc = function(doc)
    local count
    columns.hyphenates = pandoc.utils.stringify(doc.meta.lang or ""):match("^en") ~= nil
    doc.blocks, count = levelled(without_title(doc.blocks), is_typst and 1 or 2)
    doc.blocks = doc.blocks:walk({ Str = unbroken })
    refuse_dead_links(doc.blocks)
    doc.meta.contents = count > (is_typst and 6 or 2)
    return doc
  end,
}

local FEW, BRIEF = 4, 400 -- items, and letters, of a list that stays in one piece

local function is_brief_list(block)
  local is_list = block and (block.t == "OrderedList" or block.t == "BulletList")
  return is_list and #block.content <= FEW and #pandoc.utils.stringify(block) < BRIEF
end

-- What leads in to a figure, a table or a brief list stays on its page, and so does the heading
-- before it; the sentence that says why to read on stays with what it speaks of.
local function leads_in(before, block, following)
  local is_short = block.t == "Para" and #pandoc.utils.stringify(block) < 400
  local is_set = following and following.t == "Div" and following.classes:includes("umid-set")
  local is_why = before and before.t == "Header" and before.level < 3
  return is_short
    and (is_set or is_brief_list(following) or is_why and following and following.t ~= "Header")
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
      elseif is_brief_list(block) then
        flow:extend({ raw("#whole["), block, raw("]") })
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
