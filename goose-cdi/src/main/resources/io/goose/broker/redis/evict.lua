-- keys: dead body rec
-- Lets go of the dead that are too many or too old, some at a time. ARGV: most, age (ms)
-- Returns how many went.
return evict(KEYS[1], KEYS[2], KEYS[3], tonumber(ARGV[1]), tonumber(ARGV[2]), clock())
