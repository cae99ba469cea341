//! Defaults of volumes.

use k8s_openapi::api::core::v1 as core;

use super::container::{field_ref, image_pull_policy, resource_field_ref};
use super::{canonical_one, text};

/// 0644, which the API prints in decimal.
const MODE: i32 = 0o644;

/// upstream: pkg/apis/core/v1/defaults.go SetDefaults_Volume and those of the sources
pub(super) fn volume(volume: &mut core::Volume) {
    if *volume
        == (core::Volume {
            name: volume.name.clone(),
            ..core::Volume::default()
        })
    {
        volume.empty_dir = Some(core::EmptyDirVolumeSource::default());
    }
    if let Some(dir) = &mut volume.empty_dir
        && let Some(limit) = &mut dir.size_limit
    {
        canonical_one(limit);
    }
    if let Some(source) = &mut volume.secret {
        source.default_mode.get_or_insert(MODE);
    }
    if let Some(source) = &mut volume.config_map {
        source.default_mode.get_or_insert(MODE);
    }
    if let Some(source) = &mut volume.downward_api {
        source.default_mode.get_or_insert(MODE);
        source
            .items
            .iter_mut()
            .flatten()
            .for_each(downward_api_file);
    }
    if let Some(source) = &mut volume.projected {
        source.default_mode.get_or_insert(MODE);
        for projection in source.sources.iter_mut().flatten() {
            if let Some(token) = &mut projection.service_account_token {
                token.expiration_seconds.get_or_insert(3_600);
            }
            let api = projection.downward_api.as_mut();
            api.and_then(|a| a.items.as_mut())
                .into_iter()
                .flatten()
                .for_each(downward_api_file);
        }
    }
    if let Some(source) = &mut volume.image {
        let policy = image_pull_policy(source.reference.as_deref().unwrap_or_default());
        text(&mut source.pull_policy, policy);
    }
    if let Some(source) = &mut volume.host_path {
        source.type_.get_or_insert_default();
    }
    if let Some(template) = volume
        .ephemeral
        .as_mut()
        .and_then(|e| e.volume_claim_template.as_mut())
    {
        text(&mut template.spec.volume_mode, "Filesystem");
    }
}

fn downward_api_file(file: &mut core::DownwardAPIVolumeFile) {
    if let Some(field) = &mut file.field_ref {
        field_ref(field);
    }
    if let Some(field) = &mut file.resource_field_ref {
        resource_field_ref(field);
    }
}
