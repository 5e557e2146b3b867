"""The page in English: Chinese is the source, and a test holds this list to what is said."""

ENGLISH = {
    # the frame
    "跳到正文": "Skip to content",
    "退出": "Sign out",
    "主菜单": "Main menu",
    "首页": "Health",
    "画面与围栏": "Picture and zones",
    "测试与报警": "Tests and alarm",
    "误报建议": "False alarms",
    "验收": "Commissioning",
    "出错了": "Something went wrong",
    "回到首页": "Back to the first page",
    "请求无效或页面已过期,请刷新后重试。": "The request is invalid or the page too old: reload it.",
    "请先输入 PIN。": "Enter the PIN first.",
    "没有这一页。": "There is no such page.",
    "内容太大。": "Too large.",
    "页面出错了,请重试;一直如此请看日志。": "The page failed. If it stays so, see the log.",
    "这一页只供安装人员使用。": "This page is for the installer only.",
    "这一项只供安装人员使用。": "This is for the installer only.",
    # the door
    "输入 PIN": "Enter the PIN",
    "进入": "Enter",
    "PIN 不对。": "Wrong PIN.",
    "输错次数太多,请等 {seconds} 秒再试。": "Too many wrong tries: wait {seconds} seconds.",
    "还没有 PIN": "No PIN yet",
    "请在设备上(键盘或 SSH)设置,然后刷新本页:": (
        "Set it on the device (keyboard or SSH), then reload this page:"
    ),
    "安装人员的 PIN 可以做一切;学校的 PIN 只看状态、软按钮、演练和试喊话。": (
        "The installer's PIN may do everything; the school's: health, soft button, drill, voice."
    ),
    "刷新": "Reload",
    # health
    "一切正常": "All is well",
    "能用,有几处要注意": "It works; some things need a look",
    "有故障,请处理": "Something is broken: please act",
    "正在检查…": "checking…",
    "正常": "ok",
    "注意": "look",
    "失败": "fails",
    "怎么办:": "What to do: ",
    "全部重新检查": "Check everything again",
    "会核对模型和证书,约半分钟。": "Compares models and certificates; takes half a minute.",
    "配置文件": "Config file",
    "摄像头": "Camera",
    "与平台的连接": "Link to the district",
    "待发预警": "Alerts waiting",
    "存储空间": "Storage",
    "时钟": "Clock",
    "温度": "Temperature",
    "证书": "Certificate",
    "喊话": "Voice",
    "扬声器": "Loudspeaker",
    "识别模型": "Models",
    "内存": "Memory",
    "报警按钮": "Alarm button",
    "演练": "Drill",
    # picture and zones
    "没有配置摄像头": "No camera configured",
    "请先在配置文件中添加 [[cameras]]。": "Add [[cameras]] to the config file first.",
    "实时画面": "Live picture",
    "绘图工具": "Drawing tools",
    "区域": "Zone",
    "警戒线": "Line",
    "岗位": "Post",
    "屏蔽区": "Mask",
    "完成": "Done",
    "取消": "Cancel",
    "撤销": "Undo",
    "重做": "Redo",
    "画面:方向键移动选中的角,Tab 换角,Delete 删除": (
        "Picture: arrow keys move the chosen corner, Tab goes to the next, Delete removes"
    ),
    "正在取画面…": "Getting the picture…",
    "帧率": "Frames/s",
    "人数": "People",
    "故障": "Faults",
    "围栏": "Drawing",
    "停留": "Dwell",
    "画好的": "Drawn",
    "名称": "Name",
    "允许停留(秒)": "May stay (seconds)",
    "报警方向": "Guarded direction",
    "两个方向都报警": "Both ways",
    "从左到右(见箭头)": "Left to right (see the arrow)",
    "从右到左(见箭头)": "Right to left (see the arrow)",
    "站在起点 a 面向终点 b 看。红色一侧是不许进入的一侧。": (
        "Seen standing at a, facing b. The red side is the one not to be entered."
    ),
    "掉转 a 与 b": "Swap a and b",
    "岗位种类": "Kind of post",
    "保安在岗": "Guard on post",
    "护学岗": "Escort post",
    "允许离岗(秒)": "May be empty (seconds)",
    "删除选中的角": "Delete this corner",
    "删除": "Delete",
    "保存到设备": "Save to the device",
    "恢复上一版": "Back to the version before",
    "实时画面目录无法写入:{why}": "The live picture's folder cannot be written: {why}",
    "没有保存:画得不对。": "Not saved: the drawing is wrong.",
    "已保存,等待看守进程采用": "Saved; the watch has yet to take it up",
    "已生效": "In effect",
    "已恢复上一版,等待看守进程采用": "Gone back; the watch has yet to take it up",
    "有未保存的修改": "Changes not saved yet",
    "没有实时画面:看守进程没有运行,或摄像头没有画面。": (
        "No live picture: the watch does not run, or the camera gives none."
    ),
    "画面已停住 {seconds} 秒": "The picture has stood still for {seconds} s",
    "已退出,请重新输入 PIN。": "Signed out: enter the PIN again.",
    "设备没有回应,正在重试。": "The device does not answer; trying again.",
    "依次点出各个角,回到第一个角或按“完成”结束。": (
        "Touch each corner; end at the first one, or with Done."
    ),
    "点出警戒线的起点和终点。": "Touch where the line starts and where it ends.",
    "至少要三个角。": "At least three corners.",
    "边相交了:请移动角,让边不相交。": "Edges cross: move a corner.",
    "区域太小。": "Too small.",
    "名称重复。": "This name is taken.",
    "请填写名称。": "Give it a name.",
    "停留秒数应大于 0。": "The seconds must be more than 0.",
    "人": "Person",
    "秒": "s",
    "恢复到上一次保存之前的版本?": "Go back to the version before the last save?",
    # tests and alarm
    "报警(真的)": "Alarm (real)",
    "与墙上的按钮一样:立刻鸣笛,派出所和街道会收到。": (
        "Like the button on the wall: siren at once; the station and the town are told."
    ),
    "把滑块拖到最右边才报警": "Slide all the way to the right to raise the alarm",
    "请从最左边拖到最右边。": "Slide it from the left end to the right end.",
    "拖到最右边报警": "slide to the right end to raise the alarm",
    "按下开始后,两分钟内按墙上的按钮:只短响一声,平台上标为演练,不惊动任何人。": (
        "Start, then press the wall's button within two minutes: a short chirp, marked as a drill"
        " at the district; nobody is woken."
    ),
    "开始演练": "Start a drill",
    "喊一句,听一听最远处是否清楚。": "Says a phrase: listen from the farthest place.",
    "试喊话": "Try the voice",
    "警笛": "Siren",
    "短响一声。请先告诉附近的人。": "A short sound. Tell those nearby first.",
    "试警笛": "Try the siren",
    "警灯": "Lamp",
    "亮几秒。": "Shines for some seconds.",
    "试警灯": "Try the lamp",
    "已要求,等待按钮进程执行": "Asked; waiting for the button's process",
    "已执行": "Done:",
    "没有成功": "Failed:",
    "按钮进程没有回应:它可能没有运行。": "The button's process does not answer: it may not run.",
    "已发出": "sent",
    "平台已入库": "stored at the district",
    "有人签收": "acknowledged by a person",
    "等待中": "waiting",
    # suggestions
    "平台把标为误报的预警变成建议。接受后写入配置,随时可以恢复上一版。": (
        "The district turns alerts labelled as false into suggestions. What you accept goes into"
        " the config; one can always go back."
    ),
    "屏蔽一块画面": "Mask a part of the picture",
    "提高识别门槛到 {score}": "Raise the threshold to {score}",
    "来自事件": "From incident",
    "建议屏蔽的地方": "The place to be masked",
    "这个摄像头里,得分更低的检测不再当作人。": (
        "What scores lower on this camera is no longer taken for a person."
    ),
    "接受": "Accept",
    "不接受": "Reject",
    "没有待处理的建议。": "No suggestions are waiting.",
    "这条建议已经处理过了。": "This suggestion has been answered already.",
    # commissioning
    "逐项由人确认:看到、听到、试过。全部确认后签名成报告。": (
        "A person confirms each: seen, heard, tried. Then the device signs the report."
    ),
    "设备自己说:": "The device says: ",
    "确认": "Confirm",
    "重新确认": "Confirm again",
    "确认人": "Confirmed by",
    "读数或说明": "Reading or note",
    "合格": "Passed",
    "不合格": "Failed",
    "本站没有": "Not at this site",
    "请写上确认人的姓名。": "Say who confirms it.",
    "请写明原因或读数。": "Give the reason or the reading.",
    "还有项目没有确认。": "Some steps are not confirmed yet.",
    "签名并生成报告": "Sign and make the report",
    "以前的报告": "Earlier reports",
    "{camera}:画面清楚,看得到整个水边或通道?": (
        "{camera}: is the picture clear, and the whole bank or passage seen?"
    ),
    "{camera}:区域和警戒线画好,走进去时框和停留时间正确?": (
        "{camera}: zones and lines drawn; walking in, are box and dwell right?"
    ),
    "站在最远的角落,喊话听得清?": "Is the voice clear in the farthest corner?",
    "警笛响了,门卫和附近都听得到?": "Does the siren sound, heard by the guard and nearby?",
    "警灯亮了,值班的人看得到?": "Does the lamp shine, seen by whoever is on duty?",
    "按下报警按钮(演练),平台已入库,有人签收?": (
        "Button pressed (a drill): stored at the district, acknowledged by a person?"
    ),
    "设备与平台保持连接?": "Does the link to the district hold?",
    "设备时间正确?": "Is the device's time right?",
    "傍晚最暗时的照度(勒克斯),夜间画面能看清人?": (
        "Light at its darkest in the evening (lux); are people seen at night?"
    ),
    "验收报告": "Commissioning report",
    "设备": "Device",
    "时间": "Time",
    "版本": "Version",
    "配置": "config",
    "签名": "Signature",
    "由设备证书签名,核对无误": "by the device's certificate; it holds",
    "没有签名:设备还没有证书": "none: the device has no certificate yet",
    "项目": "Step",
    "结果": "Result",
    "安装人签字": "Installer",
    "学校签字": "School",
    "下载签名的 JSON": "Download the signed JSON",
}
