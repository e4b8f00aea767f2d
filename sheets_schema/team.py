"""Team: who sells, leads, counts and packs, and where their mail goes."""

from sheets_schema.fields import Field, Kind, Owner, Tab

TEAM = Tab(
    key="team",
    en="Team",
    zh="团队成员表",
    fields=(
        Field("name", "Name", "姓名", required=True, needed=True),
        Field("email", "E-mail", "邮箱", needed=True, aliases=("Email", "电子邮箱", "邮件")),
        Field("team", "Team", "团队"),
        Field("role", "Role", "角色"),
        Field("language", "Language", "语言"),
        Field("active", "Active", "在职", Kind.CHECKBOX),
        Field("weekly_target", "Weekly target", "周目标", Kind.MONEY),
        Field("problem", "Problem", "问题提示", owner=Owner.BOT),
    ),
)
