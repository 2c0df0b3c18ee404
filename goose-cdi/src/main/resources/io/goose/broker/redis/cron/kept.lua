-- How a tick adds its job in the ledger of a transport: due at once. It is put between ledger/shared.lua and cron/apply.lua.
local cron, cronst, crondue = KEYS[19], KEYS[20], KEYS[21]

local function add(id, moves, record, envelope)
  local r, number = known(id), tonumber(moves) or 0
  if is_free(r, moves ~= '' and '1' or '0', number) then
    put(id, r, 'S', write_new(id, r, number, record, envelope), moment(now))
  end
end
