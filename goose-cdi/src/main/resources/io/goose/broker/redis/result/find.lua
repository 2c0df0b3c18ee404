-- keys: result
-- Looks for what is kept of a job that has ended. ARGV: id
-- Returns the text, or nothing.
local till, text = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '^(%d+)|(.*)$')
return till and tonumber(till) > clock() and text or false
