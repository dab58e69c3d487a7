-- A pandoc filter: turns Markdown with figures and tables in separate files into accessible HTML,
-- Typst or Word. A picture without alternative text and a link without target are errors.

local is_typst, is_word = FORMAT:match("typst") ~= nil, FORMAT == "docx"
local is_paper = is_typst or is_word -- has pages, and no other files to link to
local folder = PANDOC_SCRIPT_FILE:gsub("[^/\\]*$", "")
local columns, word = dofile(folder .. "columns.lua"), dofile(folder .. "word.lua")
local each_row, rows_of = columns.each_row, columns.rows_of

local function raw(text)
  return pandoc.RawBlock(is_typst and "typst" or "html", text)
end

local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

local function content(name)
  if not (name or ""):match("^%l+%-%d+%.%l+$") then
    error(tostring(name) .. " is not a file of the report", 0)
  end
  local file = assert(io.open(name, "rb"))
  local text = file:read("a")
  file:close()
  return text
end

-- Figures and tables ----------------------------------------------------------------------------

local TALLEST = 175 / 166 -- height / width; leaves space on an A4 page for heading and caption

local function figure(div)
  local file, alt = div.attributes.file, div.attributes.alt
  local name = pandoc.utils.stringify(div.content)
  local width, height = content(file):match('viewBox="%S+ %S+ (%S+) ([%d.]+)"')
  local is_tall = width and tonumber(height) / tonumber(width) > TALLEST
  if is_word then
    return word.figure(div, is_tall)
  elseif is_typst then
    local text = ("#figure(image(%s, alt: %s, %s), caption: %s)"):format(
      quoted(file), quoted(alt), is_tall and "height: 175mm" or "width: 100%",
      name ~= "" and quoted(name) or "none")
    return pandoc.Div({ raw(text) }, pandoc.Attr("", { "umid-set" }))
  end
  local frame
  if div.attributes.narrow then
    -- both drawings: the stylesheet shows the one that fits the screen
    frame = pandoc.Div({
      pandoc.Div({ raw(content(file)) }, pandoc.Attr("", { "broad" })),
      pandoc.Div({ raw(content(div.attributes.narrow)) }, pandoc.Attr("", { "narrow" })),
    }, pandoc.Attr("", { "card" }))
  else
    -- the drawing may be wider than a phone, so its frame scrolls, also with the keyboard
    frame = pandoc.Div({ raw(content(file)) }, pandoc.Attr("", { "card", "scrolls" },
      { { "tabindex", "0" }, { "role", "group" }, { "aria-label", name } }))
  end
  return pandoc.Figure({ frame }, { long = div.content })
end

-- Reads the table of an output; all other blocks become notes under it.
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

local alike = {} -- heads -> tables in a `close` division with these heads and equal column widths

-- Returns the column heads of a table as one string, to find tables with equal heads.
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

-- Turns a table into a body of a joined table; its caption, notes and label become the head row.
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

-- Joins consecutive tables with equal heads into one table with a row group for each.
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

-- Aligns the tables of a `close` division: tables with equal heads get equal column widths, and if
-- the division has a caption, the PDF joins them so that the head is printed once per page.
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
      return not is_word and figure(div) or nil
    elseif div.classes:includes("umid-table") then
      return table_with_notes(div)
    elseif div.classes:includes("close") then
      return close(div)
    end
  end,
}

-- Draws the shape of a status before its word; on a web page the stylesheet does it.
local function lit(cell)
  local shape = pandoc.RawInline("typst", ("#light(%s);"):format(quoted(cell.classes[#cell.classes])))
  cell.contents[1].content:insert(1, shape)
end

local BLOCK, BLOCK_END = "#block-head[", "];"

-- Marks the head of a row group; on a web page it stays visible while the table scrolls.
local function block_head(cell)
  local words = cell.contents[1].content
  if is_typst then
    words:insert(1, pandoc.RawInline("typst", BLOCK))
    words:insert(pandoc.RawInline("typst", BLOCK_END))
  elseif is_word then
    cell.contents[1].content = { pandoc.Strong(words) }
  else
    cell.contents[1].content = { pandoc.Span(words, pandoc.Attr("", { "block" })) }
  end
end

-- Aligns numbers right and sets the scope of header cells.
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

-- Makes the head of a row group a Typst header of level 2, which is repeated on a new page.
local function with_block_heads(text, tbl)
  local cell = "(table%.cell%(colspan: %d+%)%[#block%-head%[[^\n]*%];%])"
  local result, count = text:gsub(cell .. ",\n%s*table%.hline%(%),", "table.header(level: 2, %1),")
  if count ~= #tbl.bodies:filter(function(body) return #body.head > 0 end) then
    error("pandoc writes blocks of tables for Typst differently than report.lua expects", 0)
  end
  return result
end

-- Replaces Typst's table by `packed`, which fills pages with whole row groups under one head.
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

local OF_A_PAGE = 560 -- points: the largest height of a table with row groups that is not split

-- Returns a table, or one part of its columns, in Typst.
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
  -- each row has 4.5 points of padding above and below
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

-- Returns the table with the columns of one part. The caption numbers the parts; only the first part
-- keeps the labels, because a label must be unique.
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

-- Returns the layouts of a table on paper, and whether other tables share them.
local function layouts_of(tbl)
  local same = alike[heads_of(tbl)]
  if same and not same.layouts then
    same.layouts = columns.layouts(same, true)
  end
  return same and same.layouts or columns.layouts({ tbl }), same ~= nil
end

-- Returns the whole table, or parts that each repeat the columns of row heads.
local function typst_table(tbl)
  local layouts, is_close = layouts_of(tbl)
  if #layouts == 1 then
    return typst_part(tbl, layouts[1], is_close)
  end
  local blocks = pandoc.Blocks({})
  for number, layout in ipairs(layouts) do
    blocks:insert(typst_part(part_of(tbl, layout, number, #layouts), layout, is_close))
  end
  return blocks
end

local function word_table(tbl)
  local styled, is_turned = word.table(tbl, layouts_of(tbl), each_row)
  return is_turned and pandoc.Div({ styled }, pandoc.Attr("", { "turned" })) or styled
end

local TURNED_PAGE = "#page(flipped: true)["

local function is_turned(block)
  return block and block.t == "Div" and block.classes:includes("turned")
end

-- Keeps a table and its notes together, on a landscape page if the table needs one.
local function typst_set(div)
  local first = div.content[1]
  if #div.content > 1 then
    local is_short = tostring(first.t == "Div" and first.classes:includes("short"))
    div.content:insert(1, raw(("#noted(%s)["):format(is_short)))
    div.content:insert(raw("]"))
  end
  if is_turned(first) then
    div.content:insert(1, raw(TURNED_PAGE))
    div.content:insert(raw("]"))
  end
  return div
end

-- em: texts and heads longer than this wrap, and need a minimum width on a narrow screen.
local KINDS = { { 80, "prose" }, { 22, "wordy" }, { 11, "phrase" } }
local LONG_HEAD = 8 -- em

-- Adds a class to the first cell of columns that would be too narrow on a small screen.
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

-- Landmarks need unique names: the second table with the same caption gets a number.
local function html_table(tbl)
  local label = pandoc.utils.stringify(tbl.caption.long)
  labels[label] = (labels[label] or 0) + 1
  if labels[label] > 1 then
    label = label .. " (" .. labels[label] .. ")"
  end
  -- a list, because the order of a Lua table's keys differs between runs
  local attributes = { { "tabindex", "0" } }
  if label ~= "" then
    attributes = { { "tabindex", "0" }, { "role", "region" }, { "aria-label", label } }
  end
  return pandoc.Div({ tbl }, pandoc.Attr("", { "table" }, attributes))
end

-- Boxes -----------------------------------------------------------------------------------------

-- Makes an annex: collapsed on a web page, printed in full in the PDF.
local function annex(div)
  if is_word then
    return pandoc.Div(div.content, pandoc.Attr(div.identifier))
  elseif is_typst then
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
    if is_word and is_turned(div.content[1]) then
      return word.turned(div.content)
    end
    return is_typst and typst_set(div) or div.content
  end
  if div.classes:includes("annex") then
    return annex(div)
  end
  if div.classes:includes("close") then
    return div.content
  end
  if div.classes:includes("new-page") then
    return is_word and word.new_page or is_typst and raw("#pagebreak(weak: true)") or {}
  end
  local kind = div.classes:find_if(function(class)
    return class == "finding" or class == "limits" or class == "technical" or class == "note"
  end)
  if not kind then
    return nil
  end
  local title = div.attributes.title
  div.attributes.title = nil
  -- pandoc does not read the line before a closing fence as a paragraph
  div.content = div.content:map(function(block)
    return block.t == "Plain" and pandoc.Para(block.content) or block
  end)
  if kind == "technical" and not title then
    error("a technical box needs a title", 0)
  end
  local head = title and pandoc.Para({ pandoc.Strong({ pandoc.Str(title) }) })
  if is_word then
    if head then div.content:insert(1, head) end
    return word.box(div.content, kind:gsub("^%l", string.upper))
  elseif is_typst then
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
  if is_outside or target:match("^#") or (is_beside and not is_paper) then
    return element
  end
  return element.content -- a file that is printed or sent alone has no other pages to link to
end

-- Returns whether Typst would read two characters as a shorthand (--, ---, ..., -?, -5).
local function is_shorthand(before, after)
  return before == "-" and after:match("[-?%d]") or before == "." and after == "."
end

-- Keeps a word literally: separates the characters of shorthands, and lets a very long word break.
local function literal(str)
  local parts, part = pandoc.Inlines({}), {}
  local is_too_long = (utf8.len(str.text) or 0) > columns.LONGEST
  local function finish(between)
    parts:insert(pandoc.Str(table.concat(part)))
    parts:insert(pandoc.RawInline("typst", between))
    part = {}
  end
  for _, code in utf8.codes(str.text) do
    local letter = utf8.char(code)
    if #part > 0 and is_shorthand(part[#part], letter) then
      finish("#{};")
    elseif is_too_long and #part == 20 then
      finish("#box();")
    end
    part[#part + 1] = letter
  end
  if #parts == 0 then
    return nil
  end
  parts:insert(pandoc.Str(table.concat(part)))
  return parts
end

local SOURCE = "#source["

-- Sets the language of foreign words for screen readers; HTML already has it as an attribute.
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

-- Removes links to the files of a table: they exist next to a web page, not for a file sent alone.
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

-- Keeps a number and its percent sign on one line.
local function kept_together(inlines)
  if is_paper then
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

-- PDF/UA requires an alternative text for every formula; a screen reader can spell its TeX.
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
    return is_typst and typst_table(tbl) or is_word and word_table(tbl) or html_table(marked(tbl))
  end,
  Div = box,
  Link = link,
  Span = is_typst and foreign or is_word and word.span or nil,
  Inlines = kept_together,
  Image = function(image)
    error("a picture must be a figure of a cell, with an alternative text: " .. image.src, 0)
  end,
  Math = is_typst and formula or nil,
  Str = is_typst and literal or nil,
}

-- Headings ----------------------------------------------------------------------------------------

-- Removes the notebook's title: the record has it in the report's language.
local function without_title(blocks)
  local tops = blocks:filter(function(block) return block.t == "Header" and block.level == 1 end)
  if #tops == 1 and blocks[1].t == "Header" and blocks[1].level == 1 then
    blocks:remove(1)
  end
  return blocks
end

-- Shifts the headings so that the highest is `first` and no level is skipped.
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

-- Keeps the limits of an interval on one line.
local function unbroken(str)
  if is_word or not (str.text:match("%d–%d") or str.text:match("%d…[%d+−]")) then
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
    doc.blocks, count = levelled(without_title(doc.blocks), is_paper and 1 or 2)
    doc.blocks = doc.blocks:walk({ Str = unbroken })
    refuse_dead_links(doc.blocks)
    doc.meta.contents = count > (is_paper and 6 or 2)
    return doc
  end,
}

local FEW, BRIEF = 4, 400 -- items and letters: the largest list that is not split

local function is_brief_list(block)
  local is_list = block and (block.t == "OrderedList" or block.t == "BulletList")
  return is_list and #block.content <= FEW and #pandoc.utils.stringify(block) < BRIEF
end

-- Returns whether a paragraph must stay on the page of the next block: a short paragraph before a
-- figure, a table or a short list, or after a main heading.
local function leads_in(before, block, following)
  local is_short = block.t == "Para" and #pandoc.utils.stringify(block) < 400
  local is_set = following and (following.t == "Figure" or following.t == "Table"
    or following.t == "Div" and following.classes:includes("umid-set"))
  local is_why = before and before.t == "Header" and before.level < 3
  return is_short
    and (is_set or is_brief_list(following) or is_why and following and following.t ~= "Header")
end

local function is_source(block)
  local first = block and block.t == "Para" and block.content[1]
  return first and first.t == "RawInline" and first.text == SOURCE
end

-- Appends a source to the paragraph before it, or keeps it under its figure or table.
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
    -- pandoc writes a division as a Typst block, in which a landscape page is not possible
    doc.blocks = flow:walk({
      Div = function(div)
        return div.classes:includes("umid-set") and div.content or nil
      end,
    })
    return doc
  end,
}

-- Pictures come last: those of the notebook's own text are refused before.
local word_flow = {
  Div = function(div)
    return div.classes:includes("umid-figure") and figure(div) or nil
  end,
  Pandoc = function(doc)
    for number, block in ipairs(doc.blocks) do
      if leads_in(doc.blocks[number - 1], block, doc.blocks[number + 1]) then
        doc.blocks[number] = word.lead_in(block)
      end
    end
    return word.finish(doc)
  end,
}

return { structure, outputs, elements, is_typst and typst_flow or is_word and word_flow or {} }
