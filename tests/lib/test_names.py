"""Names searched in memory."""

from portal.lib.names import Index


def test_index_ranks_whole_names_first() -> None:
    index = Index({"a": ["采购订货单变更"], "b": ["采购订货单", "Purchase order"], "c": ["退货单"]})
    assert index.find("采购订货单") == ["b", "a"]
    assert index.find("cgdhd") == ["b", "a"]
    assert index.find("order purchase") == ["b"]
    assert index.find("单 货") == ["a", "b", "c"] or set(index.find("单 货")) == {"a", "b", "c"}
    assert index.find(" ％ ") == []
