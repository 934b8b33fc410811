//! People: who may use Muster, and what becomes of them.

pub mod api;
mod detail;
mod dialogs;
mod invite;
mod link;
mod page;
mod status;

pub use self::{
    detail::UserPage,
    dialogs::{
        ChangeRoleDialog, DeleteUserDialog, DisableUserDialog, EnableUserDialog, EndSessionsDialog, RemoveRoleDialog,
        RenewInvitationDialog, ResetPasswordDialog, ResetSecondFactorDialog,
    },
    invite::{InviteDialog, RoleField},
    link::UserLinkDialog,
    page::{UsersPage, roles},
};
