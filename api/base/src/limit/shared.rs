//! A bucket in Redis, which all processes of a service take from.

use redis::{Connection, RedisResult, Script};

/// The bucket holds until when its requests are spread out, at one each so many microseconds: it is empty when that lies
/// a minute ahead. It forgets itself when it is full. Time is the server's, the same for every process.
const TAKE: &str = "\
    local time = redis.call('TIME') \
    local now = time[1] * 1000000 + time[2] \
    local minute = 60000000 \
    local each = minute / tonumber(ARGV[1]) \
    local due = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) \
    local free = now + minute - due \
    if free < each then return {0, math.ceil((each - free) / 1000000)} end \
    due = due + each \
    redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', math.ceil((due - now) / 1000)) \
    return {math.floor((now + minute - due) / each + 0.0001), 0}";

/// Takes one of so many requests a minute: how many are left, and the seconds to wait when there was none.
pub(super) fn take(
    redis: &mut Connection,
    bucket: &str,
    per_minute: u32,
) -> RedisResult<(u32, u32)> {
    Script::new(TAKE).key(bucket).arg(per_minute).invoke(redis)
}
