//! The tables as Diesel knows them: what both dialects have in common. A test compares them with the databases.

diesel::table! {
    /// The catalog.
    applications (id) {
        id -> Text,
        name -> Text,
        description -> Nullable<Text>,
        url -> Nullable<Text>,
        icon -> Nullable<Text>,
        category -> Nullable<Text>,
        visibility -> Text,
        launch_type -> Nullable<Text>,
        os_type -> Nullable<Text>,
        container_image -> Nullable<Text>,
        container_port -> Nullable<BigInt>,
        container_args -> Nullable<Text>,
        cpu_request -> Nullable<Text>,
        cpu_limit -> Nullable<Text>,
        memory_request -> Nullable<Text>,
        memory_limit -> Nullable<Text>,
        egress_policy -> Nullable<Text>,
        tenant_id -> Text,
        command -> Text,
        env -> Text,
        network -> Text,
        window_manager -> Bool,
        display -> Nullable<Text>,
        workspace -> Text,
        clipboard -> Text,
        recording_policy -> Text,
        discoverable -> Bool,
        run_as_root -> Bool,
        idle_timeout -> BigInt,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        category_id -> Nullable<Text>,
        warm_pool -> BigInt,
    }
}

diesel::table! {
    /// Workloads that were made before anybody asked.
    warm_workloads (id) {
        id -> Text,
        tenant_id -> Text,
        app_id -> Text,
        place_id -> Text,
        incarnation -> BigInt,
        spec -> Text,
        status -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    /// What groups apps.
    categories (id) {
        id -> Text,
        name -> Text,
        description -> Nullable<Text>,
        tenant_id -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    /// Who manages a category.
    category_admins (category_id, user_id) {
        category_id -> Text,
        user_id -> Text,
    }
}

diesel::table! {
    /// Who uses a category's approved apps.
    category_approved_users (category_id, user_id) {
        category_id -> Text,
        user_id -> Text,
    }
}

diesel::table! {
    /// Who asked for which app.
    access_requests (id) {
        id -> Text,
        tenant_id -> Text,
        app_id -> Text,
        app_name -> Text,
        category_id -> Text,
        user_id -> Text,
        username -> Text,
        message -> Text,
        status -> Text,
        decided_by -> Nullable<Text>,
        decision_note -> Text,
        decided_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    /// Sessions.
    sessions (id) {
        id -> Text,
        user_id -> Text,
        app_id -> Text,
        pod_name -> Nullable<Text>,
        pod_ip -> Nullable<Text>,
        status -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        tenant_id -> Text,
        username -> Text,
        app_name -> Text,
        version -> BigInt,
        phase -> Text,
        phase_detail -> Text,
        phase_since -> Timestamp,
        reason -> Nullable<Text>,
        reason_detail -> Nullable<Text>,
        output -> Nullable<Text>,
        place_id -> Text,
        spec -> Nullable<Text>,
        screen_width -> Integer,
        screen_height -> Integer,
        workspace_id -> Nullable<Text>,
        idle_timeout -> Nullable<BigInt>,
        max_lifetime -> Nullable<BigInt>,
        started_at -> Nullable<Timestamp>,
        last_input_at -> Nullable<Timestamp>,
        ended_at -> Nullable<Timestamp>,
        released_at -> Nullable<Timestamp>,
        replaces -> Nullable<Text>,
    }
}

diesel::table! {
    /// What owners of sessions share.
    session_shares (id) {
        id -> Text,
        session_id -> Text,
        user_id -> Nullable<Text>,
        permission -> Text,
        share_token -> Nullable<Text>,
        created_by -> Text,
        created_at -> Timestamp,
        tenant_id -> Text,
        username -> Text,
        expires_at -> Timestamp,
        max_uses -> Nullable<BigInt>,
        uses -> BigInt,
        approval -> Bool,
        guests -> Bool,
    }
}

diesel::table! {
    /// Who came to another's session.
    session_viewers (id) {
        id -> Text,
        session_id -> Text,
        tenant_id -> Text,
        share_id -> Nullable<Text>,
        user_id -> Nullable<Text>,
        name -> Text,
        role -> Text,
        permission -> Text,
        state -> Text,
        reason -> Nullable<Text>,
        token_hash -> Nullable<Text>,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    /// To whom control was handed over.
    session_control (session_id) {
        session_id -> Text,
        viewer_id -> Text,
    }
}

diesel::table! {
    /// Connections to screens.
    session_streams (id) {
        id -> Text,
        session_id -> Text,
        viewer_id -> Nullable<Text>,
        replica -> Text,
        opened_at -> Timestamp,
    }
}

diesel::table! {
    /// Persistent workspaces.
    workspaces (id) {
        id -> Text,
        tenant_id -> Text,
        user_id -> Text,
        app_id -> Text,
        holder_session -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    /// People.
    users (id) {
        id -> Text,
        username -> Text,
        username_lower -> Text,
        email -> Nullable<Text>,
        display_name -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        roles -> Text,
        auth_provider -> Text,
        auth_provider_id -> Text,
        tenant_id -> Text,
        tenant_roles -> Text,
        disabled -> Bool,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        last_sign_in_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Sign-ins.
    sign_ins (id) {
        id -> Text,
        user_id -> Text,
        tenant_id -> Text,
        client -> Text,
        token_hash -> Text,
        refresh_hash -> Nullable<Text>,
        previous_refresh_hash -> Nullable<Text>,
        created_at -> Timestamp,
        last_used_at -> Timestamp,
        expires_at -> Timestamp,
        ends_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
        source_ip -> Text,
        user_agent -> Text,
        name -> Text,
        scopes -> Nullable<Text>,
    }
}

diesel::table! {
    /// Refresh tokens that were used.
    used_refresh_tokens (token_hash) {
        token_hash -> Text,
        sign_in_id -> Text,
        used_at -> Timestamp,
    }
}

diesel::table! {
    /// How many tries each lane has seen.
    throttles (kind, subject) {
        kind -> Text,
        subject -> Text,
        failures -> BigInt,
        last_at -> Timestamp,
        next_at -> Timestamp,
    }
}

diesel::table! {
    /// From where somebody signed in before.
    known_origins (mark, user_id) {
        mark -> Text,
        user_id -> Text,
        last_used_at -> Timestamp,
    }
}

diesel::table! {
    /// Links to set a password.
    reset_links (token_hash) {
        token_hash -> Text,
        user_id -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    /// Second factors.
    second_factors (user_id) {
        user_id -> Text,
        secret -> Text,
        created_at -> Timestamp,
        confirmed_at -> Nullable<Timestamp>,
        last_step -> BigInt,
    }
}

diesel::table! {
    /// Recovery codes that are left.
    recovery_codes (user_id, code_hash) {
        user_id -> Text,
        code_hash -> Text,
    }
}

diesel::table! {
    /// Sign-ins that wait for a second factor.
    sign_in_challenges (token_hash) {
        token_hash -> Text,
        user_id -> Text,
        client -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        tries -> Integer,
    }
}

diesel::table! {
    /// What people prefer.
    user_preferences (user_id) {
        user_id -> Text,
        theme -> Nullable<Text>,
        collapsed_categories -> Nullable<Text>,
        favorites -> Nullable<Text>,
        updated_at -> Nullable<Timestamp>,
        tenant_id -> Text,
    }
}

diesel::table! {
    /// Settings.
    settings (tenant_id, key) {
        tenant_id -> Text,
        key -> Text,
        value -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    /// Who did what.
    audit_log (id) {
        id -> BigInt,
        timestamp -> Timestamp,
        user -> Text,
        action -> Text,
        details -> Nullable<Text>,
        tenant_id -> Text,
        actor_id -> Nullable<Text>,
        on_behalf_of -> Nullable<Text>,
        source_ip -> Nullable<Text>,
        request_id -> Nullable<Text>,
        outcome -> Text,
    }
}

diesel::table! {
    /// Launches, for counting.
    analytics (id) {
        id -> BigInt,
        app_id -> Text,
        timestamp -> Timestamp,
        tenant_id -> Text,
        app_name -> Text,
    }
}

diesel::table! {
    /// Events on their way out.
    outbox (id) {
        id -> Text,
        position -> Nullable<BigInt>,
        tenant_id -> Text,
        kind -> Text,
        body -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    /// Which database this is.
    installation (id) {
        id -> Text,
        incarnation -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    /// Tenants.
    tenants (id) {
        id -> Text,
        name -> Text,
        slug -> Text,
        settings -> Text,
        quotas -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    /// Who belongs to which tenant besides the home.
    tenant_members (tenant_id, user_id) {
        tenant_id -> Text,
        user_id -> Text,
        roles -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    /// How often data changed.
    change_epochs (kind) {
        kind -> Text,
        epoch -> BigInt,
    }
}

diesel::table! {
    /// Where workloads live.
    places (id) {
        id -> Text,
        kind -> Text,
        machine -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    /// Who does which job.
    leases (name) {
        name -> Text,
        holder -> Text,
        epoch -> BigInt,
        until -> Timestamp,
    }
}

diesel::table! {
    /// Which servers can serve which schema.
    schema_compatibility (version) {
        version -> Text,
        serves_from -> Text,
        applied_at -> Timestamp,
    }
}

diesel::table! {
    /// Who comes from which provider.
    sso_identities (issuer, subject) {
        issuer -> Text,
        subject -> Text,
        user_id -> Text,
        roles -> Text,
        created_at -> Timestamp,
        last_seen_at -> Timestamp,
    }
}

diesel::table! {
    /// Single sign-ons that were begun.
    sso_pending (state_hash) {
        state_hash -> Text,
        browser_hash -> Text,
        redirect -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    /// Which sign-in hangs on which session of a provider.
    sso_sign_ins (sign_in_id) {
        sign_in_id -> Text,
        issuer -> Text,
        subject -> Text,
        session -> Nullable<Text>,
    }
}

diesel::table! {
    /// Providers' notices that were obeyed.
    sso_logouts (issuer, token_id) {
        issuer -> Text,
        token_id -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    /// Rights in categories that groups gave.
    sso_category_grants (user_id, category_id, kind) {
        user_id -> Text,
        category_id -> Text,
        kind -> Text,
    }
}

diesel::table! {
    /// Apps of services that shall run. The databases fold these names' capitals.
    app (id) {
        id -> BigInt,
        appid -> BigInt,
        appname -> Text,
        commit -> Nullable<Text>,
        releaseid -> Nullable<BigInt>,
        services -> Text,
        createdat -> Timestamp,
        updatedat -> Timestamp,
    }
}

diesel::table! {
    /// Their services, and what the engine shows of them.
    service (id) {
        id -> BigInt,
        serviceid -> BigInt,
        appid -> BigInt,
        servicename -> Text,
        imagename -> Text,
        config -> Text,
        status -> Text,
        containerid -> Nullable<Text>,
        createdat -> Timestamp,
        updatedat -> Timestamp,
    }
}

diesel::table! {
    /// Images that were downloaded for services.
    image (id) {
        id -> BigInt,
        imagename -> Text,
        appid -> Nullable<BigInt>,
        serviceid -> Nullable<BigInt>,
        dockerimageid -> Nullable<Text>,
        size -> BigInt,
        pulledat -> Timestamp,
        createdat -> Timestamp,
    }
}

diesel::table! {
    /// States of services that were kept.
    statesnapshot (id) {
        id -> BigInt,
        #[sql_name = "type"]
        kind -> Text,
        state -> Text,
        createdat -> Timestamp,
    }
}

diesel::table! {
    /// Secrets for services' environment, sealed.
    service_secrets (name) {
        name -> Text,
        revision -> BigInt,
        sealed -> Nullable<Binary>,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    /// Sealed batches of the audit.
    audit_batches (batch) {
        batch -> BigInt,
        first_position -> BigInt,
        last_position -> BigInt,
        last_audit_id -> BigInt,
        chain_hash -> Text,
        sealed_at -> Timestamp,
        public_key -> Text,
        signature -> Text,
    }
}

diesel::table! {
    /// Which entry was sealed where.
    audit_seals (audit_id) {
        audit_id -> BigInt,
        batch -> BigInt,
        position -> BigInt,
        row_hash -> Text,
        chain_hash -> Text,
    }
}

diesel::table! {
    /// Where retention took the oldest batches away.
    audit_cuts (batch) {
        batch -> BigInt,
        position -> BigInt,
        chain_hash -> Text,
        cut_at -> Timestamp,
        public_key -> Text,
        signature -> Text,
    }
}

diesel::table! {
    /// How far the audit was handed on to a collector.
    audit_forward (id) {
        id -> BigInt,
        position -> BigInt,
        updated_at -> Nullable<Timestamp>,
    }
}

diesel::joinable!(audit_seals -> audit_log (audit_id));
diesel::allow_tables_to_appear_in_same_query!(audit_seals, audit_log);
diesel::joinable!(session_viewers -> sessions (session_id));
diesel::allow_tables_to_appear_in_same_query!(session_viewers, sessions);
diesel::joinable!(category_admins -> users (user_id));
diesel::joinable!(category_approved_users -> users (user_id));
diesel::joinable!(tenant_members -> tenants (tenant_id));
diesel::joinable!(tenant_members -> users (user_id));
diesel::joinable!(sign_ins -> users (user_id));
diesel::joinable!(sso_identities -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(sign_ins, users);
diesel::allow_tables_to_appear_in_same_query!(sso_identities, users);
diesel::allow_tables_to_appear_in_same_query!(category_admins, users);
diesel::allow_tables_to_appear_in_same_query!(category_approved_users, users);
diesel::allow_tables_to_appear_in_same_query!(tenant_members, tenants, users);
diesel::joinable!(reset_links -> users (user_id));
diesel::joinable!(sign_in_challenges -> users (user_id));
diesel::allow_tables_to_appear_in_same_query!(reset_links, users);
diesel::allow_tables_to_appear_in_same_query!(sign_in_challenges, users);
diesel::allow_tables_to_appear_in_same_query!(sign_ins, used_refresh_tokens);
diesel::allow_tables_to_appear_in_same_query!(users, used_refresh_tokens);
