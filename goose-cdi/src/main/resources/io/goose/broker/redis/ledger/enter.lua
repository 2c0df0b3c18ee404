-- Enters jobs that are sent at once. More: call:<caller>. ARGV: number of the call, for how long they are the taker's (ms), then for
-- each: id, marked (1 or 0), moves, lane (b back or f front), record, envelope
-- The same number again says the same of what is still held: the answer was lost.
-- Returns for each its fence and its moves, 0 and 0 if it is there already.
local before = answered(ARGV[1])
local count = (#ARGV - 2) / 6
local answers = {}
if before then
  local first = tonumber(before)
  for n = 1, count do
    local r = known(ARGV[6 * n - 3])
    local mine = r and r.place == 'T' and r.fence == tostring(first + n)
    answers[2 * n - 1], answers[2 * n] = mine and first + n or 0, mine and r.moves or 0
  end
  return answers
end
local first, ends = nil, now + tonumber(ARGV[2])
for n = 1, count do
  local at = 6 * n - 3
  local id, moves = ARGV[at], tonumber(ARGV[at + 2])
  local r = known(id)
  answers[2 * n - 1], answers[2 * n] = 0, 0
  if is_free(r, ARGV[at + 1], moves) then
    moves = write_new(id, r, moves, ARGV[at + 4], ARGV[at + 5])
    first = first or draw(count)
    put(id, r, 'T', moves, rank(ARGV[at + 3], first + n), first + n, ends)
    answers[2 * n - 1], answers[2 * n] = first + n, moves
  end
end
if first then answer(ARGV[1], tostring(first)) end
return answers
