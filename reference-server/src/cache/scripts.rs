//! What Redis itself carries out, one script at a time: nobody sees half of it.
//!
//! One hash for each question. Fields of each copy: its `body`, when it was `made`, `until` when it is good; of each lease: the
//! name of the `lease`, and `since` when it is there. All in milliseconds of Redis' own clock.

/// A copy, or `fetch` with a lease, or `wait` for who has one, or `full`.
pub(super) const LOOK: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local field, name, turn, lease = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local most, since = tonumber(ARGV[5]), tonumber(ARGV[6])
local kept = redis.call('HMGET', KEYS[1], 'made ' .. field, 'until ' .. field, 'since ' .. field)
if kept[1] and now < tonumber(kept[2]) and tonumber(kept[1]) > since then
  return {now - kept[1], kept[2] - now, redis.call('HGET', KEYS[1], 'body ' .. field)}
end
if kept[3] and now - kept[3] < turn then return 'wait' end
if not kept[1] and redis.call('HLEN', KEYS[1]) >= most then return 'full' end
redis.call('HSET', KEYS[1], 'lease ' .. field, name, 'since ' .. field, now)
if redis.call('PTTL', KEYS[1]) < lease then redis.call('PEXPIRE', KEYS[1], lease) end
return 'fetch'
";

/// Keeps a copy if the lease is still there; 1 if it is.
pub(super) const KEEP: &str = "
local field, name, body, life, lease = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
if redis.call('HGET', KEYS[1], 'lease ' .. field) ~= name then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], 'body ' .. field, body, 'made ' .. field, now, 'until ' .. field, now + life)
redis.call('HDEL', KEYS[1], 'lease ' .. field, 'since ' .. field)
local stay = math.max(life, lease)
if redis.call('PTTL', KEYS[1]) < stay then redis.call('PEXPIRE', KEYS[1], stay) end
return 1
";

/// Gives a lease back, so that somebody else has the turn.
pub(super) const GIVE_BACK: &str = "
if redis.call('HGET', KEYS[1], 'lease ' .. ARGV[1]) == ARGV[2] then
  redis.call('HDEL', KEYS[1], 'lease ' .. ARGV[1], 'since ' .. ARGV[1])
end
";

/// Removes all copies and leases of some questions, and tells which.
pub(super) const FORGET: &str = "
for _, key in ipairs(KEYS) do redis.call('UNLINK', key) end
redis.call('PUBLISH', ARGV[1], ARGV[2])
";
