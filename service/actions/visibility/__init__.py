"""To whom a peer's work is shown, with a name or without, and what in it is put out of sight: as it stands now.

A file for each way in which others' words come before somebody: quoted for one reader (`quotes`), to compare with an
own attempt (`in_galleries`), read out to a group (`in_meetings`), as progress on a goal (`beside_goals`); `unnamed`
puts names out of sight. What nobody may be shown is in `service.store.visible`. What a draft may quote is a `Scope`,
which `service.store.library` reads under (`drafts.make.scope_for`); whether people may be matched is a consent of its
own (`introductions.works`), and what they are then shown of each other comes from `quotes`.
"""
