//! Makes a member's picture from whatever was sent, without stopping the forum.
//!
//! What is stored and served is never what was sent: it is decoded within limits, cut to a square, scaled and
//! written anew as a small PNG, so that nothing hidden in a file (a script, a place where a photograph was
//! taken, a bug in somebody's decoder) reaches anybody. Decoding takes memory and time, so it runs on threads of
//! its own, as hashing does: at most so many at a time, so many may wait, and the next one is refused.

use std::io::Cursor;
use std::sync::Arc;

use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::domain::Avatar;

/// Bytes of a picture that may be sent.
pub const PICTURE_BYTES: usize = 256 * 1024;
/// Pixels of a side of what is kept.
pub const SIDE: u32 = 128;
/// Most pixels of a side of what is sent.
pub const SIDE_MAX: u32 = 4096;
/// Most pixels of what is sent; the decoded picture takes four bytes for each.
pub const PIXELS_MAX: u64 = 8 * 1024 * 1024;
/// Most bytes a decoder may take, which bounds what a bomb can do: room for the pixels twice over.
const DECODER_BYTES: u64 = 2 * 4 * PIXELS_MAX;
/// The formats that are read.
const FORMATS: [ImageFormat; 4] = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif];
/// Pictures decoded at a time: at some 64 MiB each, what a small machine can spare.
const WORKERS: usize = 2;
/// Callers that may wait; at up to 0.2 s a picture the last one waits less than a second.
const WAITERS: usize = 8;

/// Why no picture was made.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// As many callers wait as may.
    #[error("too many pictures are waiting")]
    Busy,
    /// The content is in no format that is read.
    #[error("a picture is a PNG, JPEG, WebP or GIF")]
    Format,
    /// It has more pixels than are decoded.
    #[error("a picture has at most {SIDE_MAX} pixels on each side and {PIXELS_MAX} in all")]
    TooManyPixels,
    /// It is damaged.
    #[error("this picture cannot be read: {0}")]
    Unreadable(String),
    /// Our fault.
    #[error("a picture could not be written: {0}")]
    Internal(String),
}

/// The threads that decode, and the places to wait for them.
#[derive(Clone, Debug)]
pub struct Pictures {
    places: Arc<Semaphore>,
    workers: Arc<Semaphore>,
}

impl Default for Pictures {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(WORKERS + WAITERS)),
            workers: Arc::new(Semaphore::new(WORKERS)),
        }
    }
}

impl Pictures {
    /// Makes a member's picture from the bytes of a file.
    ///
    /// # Errors
    /// Says what is wrong with the file; [`PictureError::Busy`] when too many wait.
    pub async fn avatar(&self, file: impl AsRef<[u8]> + Send + 'static) -> Result<Avatar, PictureError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| PictureError::Busy)?;
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| PictureError::Busy)?;
        let task = move || {
            // The permits go with the work: a caller who has gone away still occupies the thread.
            let _permits = (place, worker);
            make(file.as_ref())
        };
        tokio::task::spawn_blocking(task)
            .await
            .map_err(|error| PictureError::Unreadable(error.to_string()))?
    }
}

/// The picture of a file.
fn make(file: &[u8]) -> Result<Avatar, PictureError> {
    // By content: what a client calls it means nothing.
    let format = image::guess_format(file).ok().filter(|format| FORMATS.contains(format));
    let format = format.ok_or(PictureError::Format)?;
    let (width, height) = ImageReader::with_format(Cursor::new(file), format)
        .into_dimensions()
        .map_err(|error| PictureError::Unreadable(error.to_string()))?;
    // Before decoding, and not left to the limits below: not every decoder keeps to them.
    if width > SIDE_MAX || height > SIDE_MAX || u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(PictureError::TooManyPixels);
    }
    let picture = decode(file, format).map_err(|error| PictureError::Unreadable(error.to_string()))?;
    let square = picture.resize_to_fill(SIDE, SIDE, FilterType::Triangle).into_rgba8();
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Default, PngFilter::Adaptive);
    square.write_with_encoder(encoder).map_err(|error| PictureError::Internal(error.to_string()))?;
    let mut digest = [0; 16];
    digest.copy_from_slice(&Sha256::digest(&png)[..16]);
    Ok(Avatar { digest, png })
}

/// The pixels, turned as the camera says: that note does not survive.
fn decode(file: &[u8], format: ImageFormat) -> image::ImageResult<DynamicImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(DECODER_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder()?;
    limits.reserve(decoder.total_bytes())?;
    decoder.set_limits(limits)?;
    let orientation = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_picture_that_can_be_made_fits_where_it_is_kept() {
        // Noise, which does not compress; the schema allows 100,000 bytes.
        let mut state = 1_u32;
        let noise = image::RgbaImage::from_fn(SIDE, SIDE, |_, _| {
            let mut pixel = [0; 4];
            for part in &mut pixel {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *part = state.to_be_bytes()[0];
            }
            image::Rgba(pixel)
        });
        let mut file = Vec::new();
        noise.write_with_encoder(PngEncoder::new(&mut file)).expect("a picture");
        let avatar = make(&file).expect("a picture");
        assert!((60_000..100_000).contains(&avatar.png.len()), "{}", avatar.png.len());
    }

    #[tokio::test]
    async fn the_one_who_finds_no_place_to_wait_is_refused_at_once() {
        let pictures = Pictures::default();
        let places = u32::try_from(WORKERS + WAITERS).expect("a small number");
        let _all = pictures.places.try_acquire_many(places).expect("all places are free at first");
        let refused = pictures.avatar(Vec::new()).await;
        assert!(matches!(refused, Err(PictureError::Busy)), "{refused:?}");
    }
}
