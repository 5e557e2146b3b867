"""What the fence says where a site has written nothing of its own."""

from collections.abc import Mapping

DEFAULT_PHRASES: Mapping[str, str] = {
    "step_back_from_water": "水边危险,请马上离开水边,退到安全的地方。",
    "line_crossed": "你已经越过警戒线,请立即回到岸上。",
    "alarm_received": "警报已收到。",
    "alarm_acknowledged": "警报已有人受理,正在处理。",
    "alarm_not_confirmed": "警报尚未送达,请立即拨打幺幺零。",
    "drill": "这是演练,不是真的报警。",
    "test_voice": "喇叭测试,一,二,三,四,五。",
}
