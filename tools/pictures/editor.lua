-- The screen of the picture: a mistyped column, the types of the select lists, and the reasons of one of them.
vim.opt.termguicolors = true
vim.opt.number = true
vim.opt.signcolumn = "no"
vim.opt.laststatus = 0
vim.opt.ruler = false
vim.opt.showmode = false
vim.opt.shortmess:append("FI")
vim.opt.fillchars = { eob = " " }
vim.opt.scrolloff = 0

local colours = {
  Normal = { fg = "#d8dee9", bg = "#1b2029" },
  NormalFloat = { fg = "#d8dee9", bg = "#2b3341" },
  FloatBorder = { fg = "#5b677d", bg = "#2b3341" },
  LineNr = { fg = "#5b677d" },
  Comment = { fg = "#8b98b0" },
  LspInlayHint = { fg = "#b48ead", italic = true },
  Statement = { fg = "#81a1c1", bold = true },
  Special = { fg = "#81a1c1", bold = true },
  Keyword = { fg = "#81a1c1", bold = true },
  Operator = { fg = "#81a1c1" },
  Function = { fg = "#88c0d0" },
  Type = { fg = "#88c0d0" },
  String = { fg = "#a3be8c" },
  Identifier = { fg = "#ebcb8b" },
  DiagnosticError = { fg = "#ff8a94" },
  DiagnosticUnderlineError = { fg = "#ff8a94", underline = true },
  DiagnosticVirtualTextError = { fg = "#ff8a94" },
}
for name, colour in pairs(colours) do
  vim.api.nvim_set_hl(0, name, colour)
end

vim.cmd("edit sql/stock.sql")
vim.cmd([[syntax match Identifier /:\h\w*/]])
vim.fn.search("-- name: get_stock_change")
vim.cmd("normal! zt")
vim.fn.search("WHERE p.id")
vim.cmd([[keeppatterns s/p\.id/p.ident/]])
vim.opt.hlsearch = false
local arrived = vim.wait(20000, function()
  return #vim.diagnostic.get(0) > 0
end, 50)
vim.fn.cursor(vim.fn.search("AS total", "bw"), 1)
vim.fn.search("total")
vim.lsp.handlers["textDocument/hover"] = vim.lsp.with(vim.lsp.handlers.hover, { border = "rounded" })
vim.lsp.buf.hover()
local shown = vim.wait(20000, function()
  return #vim.api.nvim_list_wins() > 1
end, 50)
vim.cmd("doautocmd TextChanged")
vim.cmd("echo ''")
vim.wait(500, function() return false end, 50)
local file = io.open(vim.env.READY, "w")
file:write(arrived and shown and "shown" or "late")
file:close()
