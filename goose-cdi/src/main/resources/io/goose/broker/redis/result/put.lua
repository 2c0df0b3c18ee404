-- keys: result resultt
-- Keeps what was asked for of jobs that are about to end. ARGV: for each: id, for how long (ms), text
-- Returns how many.
for i = 1, #ARGV, 3 do put_result(KEYS[1], KEYS[2], ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2], clock()) end
return #ARGV / 3
