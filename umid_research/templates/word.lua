-- What `report.lua` does for Word files only: pictures, tables, boxes, contents, landscape pages.
-- Styles are those of `output/word_reference.py`.

local word = {}

local function xml(text)
  return pandoc.RawBlock("openxml", text)
end

local function styled(blocks, name)
  return pandoc.Div(blocks, pandoc.Attr("", {}, { { "custom-style", name } }))
end

word.new_page = xml('<w:p><w:r><w:br w:type="page"/></w:r></w:p>')

-- Returns a picture with its caption; the drawing was written as PNG next to the SVG.
function word.figure(div, is_tall)
  local picture = pandoc.Image(
    { pandoc.Str(div.attributes.alt) }, (div.attributes.file:gsub("svg$", "png")), "",
    pandoc.Attr("", {}, { is_tall and { "height", "175mm" } or { "width", "166mm" } }))
  return pandoc.Figure({ pandoc.Plain({ picture }) }, { long = div.content })
end

-- Returns a text in a style; pandoc would give its own style to a Plain.
local function text_styled(block, style)
  local is_text = block.t == "Plain" or block.t == "Para"
  return is_text and styled({ pandoc.Para(block.content) }, style) or block
end

-- Keeps a paragraph on the page of the next block.
function word.lead_in(block)
  return styled({ block }, "Lead In")
end

-- Returns the blocks in a style; items of a list keep their numbers.
function word.box(blocks, style)
  local function in_style(block) return text_styled(block, style) end
  return blocks:map(function(block)
    if block.t == "OrderedList" or block.t == "BulletList" then
      block.content = block.content:map(function(item)
        return pandoc.Blocks(item):map(in_style)
      end)
    end
    return in_style(block)
  end)
end

-- Sets a source in its style; pandoc itself writes the language of foreign words.
function word.span(span)
  if span.classes:includes("source") then
    span.attributes["custom-style"] = "Source"
    return span
  end
end

local function section(width, height, orientation)
  return xml(('<w:p><w:pPr><w:spacing w:after="0" w:line="20" w:lineRule="exact"/><w:sectPr>'
    .. '<w:pgSz w:w="%d" w:h="%d"%s/><w:pgMar w:top="1701" w:right="1247" w:bottom="1247" '
    .. 'w:left="1247" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:pPr></w:p>'):format(
    width, height, orientation))
end

-- Puts a table and its notes on landscape pages: a section break before and after it.
function word.turned(blocks)
  blocks:insert(1, section(11906, 16838, ""))
  blocks:insert(section(16838, 11906, ' w:orient="landscape"'))
  return blocks
end

local SMALLEST = 6.5 -- points

-- Sets the column widths and the letters of a table as in the PDF. A table that the PDF prints in
-- parts stays whole: its columns share a landscape page. Returns whether it needs one.
function word.table(tbl, layouts, each_row)
  local layout = layouts[1]
  local size = #layouts == 1 and layout.try.size or SMALLEST
  if #layouts == 1 then
    local widths, sum = {}, 0
    for width in layout.widths:gmatch("([%d.]+)fr") do
      widths[#widths + 1] = tonumber(width)
      sum = sum + widths[#widths]
    end
    for number, width in ipairs(widths) do
      tbl.colspecs[number] = { tbl.colspecs[number][1], width / sum }
    end
  end
  each_row(tbl, function(row, kind)
    -- the heads of a dense table are smaller in the PDF, too
    local letters = kind == "head" and layout.try.dense and SMALLEST or size
    for _, cell in ipairs(row.cells) do
      cell.contents = cell.contents:map(function(block)
        return text_styled(block, ("Cell %g"):format(letters))
      end)
    end
    return row
  end)
  return tbl, layout.try.turned or #layouts > 1
end

-- Returns the contents: links to the main headings, as a field that Word can renew.
local function contents(blocks, title)
  local entries = pandoc.Blocks({ styled({ pandoc.Para({ pandoc.Str(title) }) }, "TOC Heading") })
  local function mark(kind)
    return pandoc.RawInline("openxml", ('<w:r><w:fldChar w:fldCharType="%s"/></w:r>'):format(kind))
  end
  for _, block in ipairs(blocks) do
    if block.t == "Header" and block.level == 1 then
      local line = pandoc.Inlines({ pandoc.Link(block.content:clone(), "#" .. block.identifier) })
      if #entries == 1 then
        line:insert(1, mark("begin"))
        line:insert(2, pandoc.RawInline("openxml",
          '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-1" \\h \\z \\u </w:instrText></w:r>'))
        line:insert(3, mark("separate"))
      end
      entries:insert(styled({ pandoc.Para(line) }, "toc 1"))
    end
  end
  entries[#entries].content[1].content:insert(mark("end"))
  return entries
end

local SHORT = 11 -- main headings: a report with so many has no contents, as in the PDF

-- Begins the text with subtitle, mark of a simulated study and contents; removes all metadata that
-- pandoc would write as properties of the file.
function word.finish(doc)
  local meta, front = doc.meta, pandoc.Blocks({})
  for _, line in ipairs({ { "subtitle", "Subtitle" }, { "mark", "Mark" } }) do
    local text = pandoc.utils.stringify(meta[line[1]] or "")
    if text ~= "" then front:insert(styled({ pandoc.Para({ pandoc.Str(text) }) }, line[2])) end
  end
  local main = doc.blocks:filter(function(block) return block.t == "Header" and block.level == 1 end)
  if #main > SHORT then
    front:extend(contents(doc.blocks, pandoc.utils.stringify(meta["contents-title"])))
  end
  front:extend(doc.blocks)
  doc.blocks = front
  doc.meta = { title = meta.title, lang = meta.lang }
  return doc
end

return word
