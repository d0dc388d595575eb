-- A pack can be removed, and what is known of its applications with it: what locations have from it is theirs then. Forward only.
grant delete on control.type_pack, control.type_pack_part to control_organization;
