-- The compiler's language server in Neovim 0.7 and newer. In init.lua, or in the .nvim.lua of the project:
--     dofile("tools/sqlgen/lsp/editors/nvim.lua")
local server = {
  name = "sqlgen",
  cmd = { ".venv/bin/python", "-m", "tools.sqlgen", "lsp" },
}

-- Neovim starts the server in its own folder: the commands above are relative to it.
local function start(event)
  local config = vim.tbl_extend("force", server, { root_dir = vim.fn.getcwd() })
  if vim.lsp.start then
    vim.lsp.start(config, { bufnr = event.buf })
    return
  end
  -- Neovim 0.7 has no vim.lsp.start: one client for all buffers.
  server.client = server.client or vim.lsp.start_client(config)
  vim.lsp.buf_attach_client(event.buf, server.client)
end

vim.api.nvim_create_autocmd("FileType", {
  pattern = "sql",
  callback = function(event)
    -- Neovim 0.7 passes no buffer to a callback.
    start({ buf = (event or {}).buf or vim.api.nvim_get_current_buf() })
  end,
})
